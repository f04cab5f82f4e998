/** Draws the wall: takes what is known, returns nothing, touches only its own element. */
import { html, render } from "lit-html";
import { actTemplate, breachesTemplate, panels, TURN_MS, turn, turnMarks } from "./act.js";
import { asOf, bandTemplate, clockTime } from "./band.js";
import { rowTemplate, sharedDigits } from "./board.js";
import { cardTemplate } from "./cards.js";
import { dataTemplate } from "./dataline.js";
import { FIGURES } from "./figures.js";
import { createFormat, span } from "./format.js";
import { isTrusted } from "./freshness.js";
import { layoutTemplate, SECTIONS } from "./layout.js";
import { unitsHead } from "./legend.js";
import { TileField, tilesTemplate } from "./tiles.js";
import { Chart } from "./trend.js";

const ROW_EM = { dense: 1.72, middle: 1.72, sparse: 1.62, narrow: 2 };
const NARROW_ROWS = 8;
// Shares of a row's width for its label and for its change, without and with the
// sparkline (as in parts.css).
const BOARD_SHARES = { sparse: [0.525, 0.3, 0.525], far: [0.41, 0.2, 0.3] };
const SERIES = {
  flow: [
    { color: "--muted", fill: "--area", width: 2 },
    { color: "--text", width: 2.5, dash: [7, 4] },
  ],
  overdue: [{ color: "--late", fill: "--late-area", width: 2.5 }],
};

/** The wall below `root`, in the words of `messages`. */
export class View {
  #root;
  #messages;
  #lang;
  #theme;
  #format = null;
  #timeZone = "";
  #tiles = new TileField();
  #charts = {};
  #drawn = null;
  #sceneName = "";
  #panelMs = TURN_MS;

  constructor(root, look) {
    this.#root = root;
    this.look(look);
  }

  /** Another language, theme or pace: everything is drawn anew with it. */
  look({ messages, lang, theme, panelMs }) {
    if (lang !== this.#lang) this.#timeZone = ""; // formats are made anew
    this.#messages = messages;
    this.#lang = lang;
    this.#theme = theme;
    this.#panelMs = panelMs;
    this.#drawn = null;
  }

  /**
   * @param {object|null} state what the numbers show
   * @param {object} moment {scene, verdict, freshness, now, wallClock, clockOffset}
   */
  draw(state, moment) {
    const { scene, verdict, freshness, now, wallClock, clockOffset } = moment;
    this.#dress(scene, verdict);
    const timeZone = state?.timezone ?? "Asia/Ho_Chi_Minh";
    if (timeZone !== this.#timeZone) {
      this.#format = createFormat(this.#lang, timeZone);
      this.#timeZone = timeZone;
    }
    const view = { format: this.#format, messages: this.#messages, scene, asOf: null };
    view.now = clockTime(state, freshness, clockOffset, now, wallClock);
    if (!isTrusted(verdict)) view.asOf = asOf(freshness, wallClock + clockOffset, view);
    if (scene.name !== this.#sceneName) {
      this.#sceneName = scene.name;
      this.#forgetCharts();
      // An empty frame first, then an empty title: the sizes of slots decide what fits into them.
      render(layoutTemplate(scene, {}), this.#root);
      render(layoutTemplate(scene, { band: bandTemplate(state, verdict, freshness, now, 0, view) }), this.#root);
    }
    const size = (name) => this.#measure(name, scene.body);
    const band = () => bandTemplate(state, verdict, freshness, now, size("title").em, view);
    if (!state) {
      this.#forgetCharts();
      render(layoutTemplate(scene, { band: band() }), this.#root);
      return;
    }
    const parts = { band: band(), asOf: view.asOf, figures: this.#figures(state, view), ...this.#panels(state, view, size, now) };
    parts.data = dataTemplate(state.data, this.#innerEm(".data", scene.body), view);
    const titleRoom = size("title").em;
    render(layoutTemplate(scene, parts), this.#root);
    // The words beside the title may have changed its room: "CHẬM" is shorter than "MẤT KẾT NỐI".
    if (Math.abs(size("title").em - titleRoom) > 0.05) {
      render(layoutTemplate(scene, { ...parts, band: band() }), this.#root);
    }
    this.#drawCharts(state, scene);
  }

  #dress(scene, verdict) {
    const { dataset, style } = document.documentElement;
    dataset.scene = scene.name;
    dataset.roomy = String(scene.roomy);
    dataset.verdict = verdict;
    dataset.trusted = String(isTrusted(verdict));
    style.setProperty("--body", `${scene.body}px`);
    style.setProperty("--base", `${scene.base}px`);
  }

  #measure(name, body) {
    const slot = this.#root.querySelector(`.slot-${name}`);
    const width = slot?.clientWidth ?? 0;
    const height = slot?.clientHeight ?? 0;
    return { width, height, em: width / body, emHigh: height / body };
  }

  #innerEm(selector, body) {
    const element = this.#root.querySelector(selector);
    if (!element) return 0;
    const css = getComputedStyle(element);
    const padding = Number.parseFloat(css.paddingLeft) + Number.parseFloat(css.paddingRight);
    return (element.clientWidth - padding) / body;
  }

  #figures(state, view) {
    const { scene } = view;
    const board = scene.name === "sparse" || scene.name === "far";
    const digits = board ? sharedDigits(state.figures, view) : 0;
    return Object.fromEntries(
      FIGURES.map((id) => {
        const em = this.#innerEm(`.figure-${id}`, scene.body);
        if (!board) return [id, cardTemplate(id, state.figures[id], em, view)];
        const [label, change, whole] = BOARD_SHARES[scene.name].map((share) => share * em);
        return [id, rowTemplate(id, state.figures[id], { label, change, whole }, digits, view)];
      }),
    );
  }

  #panels(state, view, size, now) {
    const { scene, messages, format } = view;
    const names = SECTIONS[scene.name];
    const narrow = scene.name === "narrow";
    const fits = (slot, less = 0) => ({
      rows: narrow ? NARROW_ROWS : Math.max(1, Math.floor(slot.emHigh / ROW_EM[scene.name] + 0.02) - less),
      em: slot.em,
    });
    const parts = {};
    if (names.includes("units")) parts.units = this.#units(state, view, size("units"));
    if (names.includes("act")) {
      const turns = panels(state, scene.name === "sparse");
      const current = turn(turns, now, this.#panelMs);
      const slot = size("act");
      parts.act = {
        head: html`<h2>
            ${messages.text(current === "breaches" ? "breaches_title" : "act_title")}
          </h2>
          ${turnMarks(turns, current)}`,
        body:
          current === "breaches"
            ? breachesTemplate(state, fits(slot), view)
            : actTemplate(state, current, fits(slot, scene.roomy ? 1 : 0), view),
      };
    }
    if (names.includes("breaches")) {
      parts.breaches = {
        head: html`<h2>${messages.text("breaches_title")}</h2>`,
        body: breachesTemplate(state, fits(size("breaches")), view),
      };
    }
    const { from, step_ms: step, received } = state.trend ?? {};
    if (received?.length && from != null && names.includes("flow")) {
      const hours = span(received.length * step, messages, format);
      const note = html`<span class="note">${messages.text("trend_span", { span: hours })}</span>`;
      parts.flow = {
        head: html`<h2>
            <span class="key line received">${messages.text("received")}</span>
            <span class="key line finished">${messages.text("finished")}</span>
          </h2>
          <span class="note">${messages.text("trend_step", { span: span(step, messages, format) })}</span>`,
      };
      parts.overdue = { head: html`<h2>${messages.text("trend_overdue")}</h2>${note}` };
    }
    return parts;
  }

  #units(state, view, slot) {
    const { messages, format, scene } = view;
    const units = Object.entries(state.units ?? {}).map(([id, unit]) => ({ id, ...unit }));
    const target = state.figures.on_time_rate.target;
    // A page that scrolls has no height of its own: tiles two or three abreast.
    const height = scene.name === "narrow" ? units.length * 1.5 * scene.body : slot.height;
    if (!units.length || slot.width < 1) return { head: "", body: "" };
    const layout = this.#tiles.layout(
      units, slot.width, height, scene, state.options, target,
    );
    // Units without a tile are counted as well: what is left out is said.
    const count = units.length + (state.units_left_out?.units ?? 0);
    const all = format.integer(count);
    const n = format.integer(layout.ids.size);
    const titles =
      layout.ids.size < count
        ? ["units_some", "units_some_brief"].map((key) => messages.text(key, { n, all }))
        : [messages.text("units_count", { n: all })];
    return {
      head: unitsHead(titles, slot.em, units, target, format, messages),
      body: tilesTemplate(units, layout, state, format, messages),
    };
  }

  #forgetCharts() {
    for (const chart of Object.values(this.#charts)) chart.clear();
    this.#charts = {};
    this.#drawn = null;
  }

  #drawCharts(state, scene) {
    const { trend } = state;
    if (!trend || !SECTIONS[scene.name].includes("flow")) return;
    const trusted = document.documentElement.dataset.trusted;
    const width = `${window.innerWidth}x${window.innerHeight}`;
    const key = [this.#theme, trusted, width, scene.body].join("|");
    if (this.#drawn?.trend === trend && this.#drawn.key === key) return;
    this.#drawn = { trend, key };
    const columns = { flow: [trend.received, trend.finished], overdue: [trend.overdue] };
    const look = { font: scene.body, theme: key, format: this.#format, timeZone: this.#timeZone };
    for (const name of Object.keys(SERIES)) {
      const host = this.#root.querySelector(`.slot-${name}`);
      this.#charts[name] ??= new Chart(host, SERIES[name]);
      const data = { from: trend.from / 1000, step: trend.step_ms / 1000, columns: columns[name] };
      this.#charts[name].draw(data, look);
    }
  }
}
