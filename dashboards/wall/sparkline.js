/** A small line without axes: the way a figure came. */
import { html, svg } from "lit-html";

const WIDTH = 100;
const HEIGHT = 24;
const INSET = 1.5;

/**
 * @param {number[]} values oldest first; fewer than two draw nothing
 * @param {number|null} target drawn as a dashed line, inside the range
 */
export function sparkline(values, target = null) {
  const known = (values ?? []).filter((value) => value != null);
  if (known.length < 2) return html`<span class="spark" aria-hidden="true"></span>`;
  const low = Math.min(...known, target ?? Infinity);
  const high = Math.max(...known, target ?? -Infinity);
  const span = high - low;
  const y = (value) =>
    span === 0 ? HEIGHT / 2 : HEIGHT - INSET - ((value - low) / span) * (HEIGHT - 2 * INSET);
  const step = WIDTH / (values.length - 1);
  const points = values
    .map((value, i) => (value == null ? null : `${(i * step).toFixed(2)},${y(value).toFixed(2)}`))
    .filter(Boolean)
    .join(" ");
  return html`<span class="spark" aria-hidden="true"
    ><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
      ${target == null
        ? ""
        : svg`<line class="spark-target" x1="0" x2=${WIDTH} y1=${y(target)} y2=${y(target)} />`}
      <polyline class="spark-line" points=${points} />
    </svg></span
  >`;
}
