/** The head of the grid of units: how many, and what shapes and colours mean. */
import { html } from "lit-html";
import { emWidth } from "./fit.js";
import { shape } from "./shapes.js";
import { LEVELS } from "./verdict.js";

const KEY_EM = 1.15 + 1.3; // shape and gap of one key
const SWATCH_EM = 1; // padding of a coloured key

/** What the rates on the tiles are of: `units` as shown; a rate of 30 days is underlined. */
function notesOf(units) {
  const days = units.filter((unit) => unit.rate_window === "30d");
  if (!days.length) return ["legend", "legend_brief", ""];
  const all = days.length === units.length;
  return [all ? "legend_days" : "legend_both", "legend_both_brief", "legend_days_mark"];
}

/** Longest title and fullest legend that fit into `room` em together. */
export function unitsHead(titles, room, units, target, format, messages) {
  const digits = Number.isInteger(target) ? 0 : 1;
  const [far, clear, slight] = LEVELS.map(({ below }) =>
    messages.text("below", { n: format.percent(target - below, digits) }),
  );
  const keys = emWidth(far) + emWidth(clear) + emWidth(slight) + 3 * KEY_EM + 2 * SWATCH_EM;
  const words = notesOf(units).map((key) => (key ? messages.text(key) : ""));
  const choices = titles.flatMap((title) => words.map((note) => ({ title, note })));
  const width = ({ title, note }) => emWidth(title, "600") + emWidth(note) + KEY_EM + keys;
  const { title, note } = choices.find((choice) => width(choice) <= room) ?? choices.at(-1);
  return html`<h2>${title}</h2>
    <span class="legend">
      ${note ? html`<span class="key">${note}</span>` : ""}
      <span class="key">${shape("down-hollow")}${slight}</span>
      <span class="key swatch clear">${shape("down")}${clear}</span>
      <span class="key swatch far">${shape("down")}${far}</span>
    </span>`;
}
