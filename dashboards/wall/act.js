/** "To act on now": units and officers in most need, by turns, and the newest breaches. */
import { html } from "lit-html";
import { emWidth, firstThatFits } from "./fit.js";
import { fitName, shorterForms, shortName } from "./names.js";
import { ARROW_EM } from "./figures.js";
import { shape } from "./shapes.js";

/** How long each panel stays, unless the wall's settings say otherwise. */
export const TURN_MS = 25_000;

/** The panels that have something to say, in the order of their turns. */
export function panels(state, withBreaches) {
  const names = ["units"];
  if (state.options.officer_names !== "off" && state.act.officers?.length) names.push("officers");
  if (withBreaches && state.act.breaches?.length) names.push("breaches");
  return names;
}

/** Whose turn it is at monotonic time `now`. */
export function turn(names, now, ms = TURN_MS) {
  return names[Math.floor(now / ms) % names.length];
}

function delta(value, format) {
  if (value == null) return "";
  if (value === 0) return shape("flat");
  return html`${shape(value > 0 ? "up" : "down")}${format.integer(Math.abs(value))}`;
}

const COLUMN_GAP_EM = 0.9;

/** Widths in em of the columns beside the name: what their widest text needs. */
function columnWidths(entries, withHead, withChange, { format, messages }) {
  const widest = (texts, key, weight) =>
    Math.max(
      ...texts.map((text) => emWidth(text, weight)),
      withHead ? emWidth(messages.text(key)) : 0,
    ) + COLUMN_GAP_EM;
  const changes = entries.map((entry) => format.integer(Math.abs(entry.change ?? 0)));
  return {
    count: widest(entries.map((entry) => format.integer(entry.overdue)), "act_overdue", "600"),
    share: widest(entries.map((entry) => format.percent(entry.share, entry.share < 10 ? 1 : 0)), "act_share", "400"),
    change: withChange ? widest(changes, "act_change", "400") + ARROW_EM : 0,
  };
}

function nameOf(entry, panel, state, room, roomy) {
  if (panel === "officers") {
    const unit = state.units[entry.unit];
    const full = unit ? `${entry.label} · ${shortName(unit)}` : entry.label;
    return emWidth(full) <= room ? { text: full, width: "" } : fitName(entry.label, room);
  }
  const known = state.units[entry.id];
  if (!known || (roomy && emWidth(entry.name) <= room)) return fitName(entry.name, room);
  return fitName(shortName(known), room);
}

/**
 * @param {{rows: number, em: number}} size rows that fit and the width in em
 * @param {"units"|"officers"} panel
 */
export function actTemplate(state, panel, size, view) {
  const { format, messages, scene } = view;
  const entries = state.act[panel].filter((entry) => entry.overdue > 0).slice(0, size.rows);
  if (!entries.length) return html`<p class="none">${messages.text("act_none")}</p>`;
  const roomy = scene.roomy;
  const withChange = roomy && panel === "units";
  const { count, share, change } = columnWidths(entries, roomy, withChange, view);
  const room = size.em - count - share - change;
  const head = html`<li class="act-row act-head" aria-hidden="true">
    <span>${messages.text(panel === "units" ? "act_units" : "act_officers")}</span>
    <span>${messages.text("act_overdue")}</span>
    <span>${messages.text("act_share")}</span>
    ${withChange ? html`<span>${messages.text("act_change")}</span>` : ""}
  </li>`;
  return html`<ol
    class="act ${withChange ? "with-change" : ""}"
    .style=${`--count:${count}em;--share:${share}em;--change:${change}em`}
  >
    ${roomy ? head : ""}
    ${entries.map((entry) => {
      const { text, width } = nameOf(entry, panel, state, room, roomy);
      return html`<li class="act-row">
        <span class="act-name ${width}">${text}</span>
        <b class="act-count late">${format.integer(entry.overdue)}</b>
        <span class="act-share">${format.percent(entry.share, entry.share < 10 ? 1 : 0)}</span>
        ${withChange ? html`<span class="act-change">${delta(entry.change, format)}</span>` : ""}
      </li>`;
    })}
  </ol>`;
}

/** When it fell due: the minute where that is today, else the day. */
function when(dueAt, now, format) {
  const sameDay = now !== null && format.date(dueAt) === format.date(now);
  return sameDay ? format.minute(dueAt) : format.date(dueAt).slice(0, 5);
}

/** The newest breaches, each on one line that fits `size`. */
export function breachesTemplate(state, size, view) {
  const { format, messages } = view;
  const breaches = (state.act.breaches ?? []).slice(0, size.rows);
  if (!breaches.length) return html`<p class="none">${messages.text("breaches_none")}</p>`;
  return html`<ol class="breaches">
    ${breaches.map((breach) => {
      const known = state.units[breach.unit];
      const unit = breach.unit_short || (known ? shortName(known) : breach.unit);
      const room = size.em - 4;
      const who = [unit, breach.officer].filter(Boolean).join(" · ");
      const text = firstThatFits(
        [
          [breach.dossier_id, who, breach.step].filter(Boolean).join("  ·  "),
          [breach.dossier_id, who].filter(Boolean).join("  ·  "),
          [who, breach.step].filter(Boolean).join("  ·  "),
          who,
          ...shorterForms(unit),
        ],
        room,
      );
      return html`<li><b>${when(breach.due_at, view.now, format)}</b><span>${text}</span></li>`;
    })}
  </ol>`;
}

/** Which of the turns is on, as marks: ● ○ ○. */
export function turnMarks(names, current) {
  if (names.length < 2) return "";
  return html`<span class="turns" aria-hidden="true"
    >${names.map((name) => html`<i class=${name === current ? "on" : ""}></i>`)}</span
  >`;
}
