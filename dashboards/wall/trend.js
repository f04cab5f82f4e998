/** The trend of the last hours, drawn by uPlot: what came in, what went out, what is overdue. */
import uPlot from "uplot";
import { FAMILY } from "./fit.js";

const HOUR = 3600;
const STEPS_H = [1, 2, 3, 4, 6, 8, 12, 24, 48];

/** Hour marks that are whole local hours and far enough from each other and from the edges. */
export function hourMarks(from, to, widthEm, timeZone) {
  const room = Math.max(2, Math.floor(widthEm / 5));
  const hours = (to - from) / HOUR;
  const step = STEPS_H.find((h) => hours / h <= room) ?? STEPS_H.at(-1);
  const local = uPlot.tzDate(new Date(from * 1000), timeZone);
  const intoDay = local.getHours() * HOUR + local.getMinutes() * 60 + local.getSeconds();
  const edge = ((to - from) / widthEm) * 1.5; // half a label
  const marks = [];
  for (let t = from - intoDay; t <= to - edge; t += step * HOUR) {
    if (t >= from + edge) marks.push(t);
  }
  return marks;
}

/** Whole numbers from 0 on, at most four, so that labels never crowd. */
export function countMarks(max) {
  const raw = Math.max(1, max) / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, [1, 2, 5, 10].find((m) => m * power >= raw) * power);
  const marks = [];
  for (let value = 0; value <= max * (1 + 1e-9); value += step) marks.push(value);
  return marks;
}

/** One chart in one element. `series`: [{color: css variable, fill, width, dash}] */
export class Chart {
  #host;
  #series;
  #plot = null;
  #key = "";

  constructor(host, series) {
    this.#host = host;
    this.#series = series;
  }

  /**
   * @param {{from, step, columns: (number|null)[][]}} data from, step in s
   * @param {{font: number, theme: string, format, timeZone}} look font in px
   */
  draw(data, look) {
    const width = this.#host.clientWidth;
    const height = this.#host.clientHeight;
    if (width < 40 || height < 30 || !data.columns[0]?.length) return this.clear();
    const count = data.columns[0].length;
    const x = Array.from({ length: count }, (_, i) => data.from + i * data.step);
    const key = [width, height, look.font, look.theme, look.format.lang, devicePixelRatio].join("|");
    if (this.#plot && key === this.#key) {
      this.#plot.setData([x, ...data.columns]);
      return;
    }
    this.clear();
    this.#key = key;
    this.#plot = new uPlot(this.#options(width, height, look), [x, ...data.columns], this.#host);
  }

  clear() {
    this.#plot?.destroy();
    this.#plot = null;
  }

  #options(width, height, { font, format, timeZone }) {
    const css = getComputedStyle(this.#host);
    const color = (name) => css.getPropertyValue(name).trim();
    const axis = {
      font: `400 ${font}px ${FAMILY}`,
      stroke: color("--muted"),
      grid: { stroke: color("--rule"), width: 1 },
      ticks: { show: false },
      border: { show: false },
      gap: font * 0.35,
    };
    return {
      width, height,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), timeZone),
      cursor: { show: false },
      legend: { show: false },
      select: { show: false },
      padding: [font * 0.6, font * 0.4, 0, 0],
      scales: {
        x: { time: true },
        y: { range: (_plot, _low, high) => [0, Math.max(high ?? 0, 3) * 1.04] },
      },
      axes: [
        {
          ...axis,
          size: font * 1.6,
          grid: { show: false },
          splits: (_plot, _i, from, to) => hourMarks(from, to, width / font, timeZone),
          values: (_plot, splits) => splits.map((s) => format.minute(s * 1000)),
        },
        {
          ...axis,
          size: (_plot, values) =>
            font * (0.9 + 0.6 * Math.max(1, ...(values ?? []).map((v) => v.length))),
          splits: (_plot, _i, _from, to) => countMarks(to / 1.04),
          values: (_plot, splits) => splits.map((s) => format.integer(s)),
        },
      ],
      series: [
        {},
        ...this.#series.map(({ color: name, fill, width: line, dash }) => ({
          stroke: color(name),
          width: line * (font / 17),
          dash: dash?.map((d) => d * (font / 17)),
          fill: fill ? color(fill) : undefined,
          points: { show: false },
          spanGaps: false,
        })),
      ],
    };
  }
}
