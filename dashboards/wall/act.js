/** "To act on now": units and officers in most need, by turns, and the newest breaches. */
import { html } from "lit-html";
import { emWidth, firstThatFits } from "./fit.js";
import { shorterForms, shortName } from "./names.js";
import { shape } from "./shapes.js";

export const TURN_MS = 25_000;

/** The panels that have something to say, in the order of their turns. */
export function panels(state, withBreaches) {
  const names = ["units"];
  if (state.options.officer_names !== "off" && state.act.officers?.length) names.push("officers");
  if (withBreaches && state.act.breaches?.length) names.push("breaches");
  return names;
}

/** Whose turn it is at monotonic time `now`. */
export function turn(names, now) {
  return names[Math.floor(now / TURN_MS) % names.length];
}

function delta(value, format) {
  if (value == null) return "";
  if (value === 0) return shape("flat");
  return html`${shape(value > 0 ? "up" : "down")}${format.integer(Math.abs(value))}`;
}

function row(name, entry, view, columns) {
  const { format } = view;
  return html`<li class="act-row">
    <span class="act-name">${name}</span>
    <b class="act-count late">${format.integer(entry.overdue)}</b>
    <span class="act-share">${format.percent(entry.share)}</span>
    ${columns.change ? html`<span class="act-change">${delta(entry.change, format)}</span>` : ""}
  </li>`;
}

function fitted(name, room) {
  return firstThatFits(shorterForms(name), room);
}

/**
 * @param {{rows: number, em: number}} size rows that fit and the width in em
 * @param {"units"|"officers"} panel
 */
export function actTemplate(state, panel, size, view) {
  const { format, messages, scene } = view;
  const columns = { change: panel === "units" && scene.name === "dense" };
  const entries = state.act[panel].filter((entry) => entry.overdue > 0).slice(0, size.rows);
  if (!entries.length) return html`<p class="none">${messages.text("act_none")}</p>`;
  const taken = 4.2 + 4.6 + (columns.change ? 3.6 : 0);
  const rows = entries.map((entry) => {
    if (panel === "units") {
      const known = state.units[entry.id];
      const names = [...new Set([entry.name, known ? shortName(known) : entry.name])];
      const name = names.find((n) => emWidth(n) <= size.em - taken);
      return row(name ?? fitted(names.at(-1), size.em - taken), entry, view, columns);
    }
    const unit = state.units[entry.unit];
    const full = unit ? `${entry.label} · ${shortName(unit)}` : entry.label;
    return row(firstThatFits([full, entry.label], size.em - taken), entry, view, columns);
  });
  return html`<ol class="act ${columns.change ? "with-change" : ""}">
    ${scene.name === "dense"
      ? html`<li class="act-row act-head" aria-hidden="true">
          <span class="act-name">${messages.text(panel === "units" ? "act_units" : "act_officers")}</span>
          <span class="act-count">${messages.text("act_overdue")}</span>
          <span class="act-share">${messages.text("act_share")}</span>
          ${columns.change
            ? html`<span class="act-change">${messages.text("act_change")}</span>`
            : ""}
        </li>`
      : ""}
    ${rows}
  </ol>`;
}

/** When it fell due: the minute where that is today, else the day. */
function when(dueAt, now, format) {
  const sameDay = now !== null && format.date(dueAt) === format.date(now);
  return sameDay ? format.minute(dueAt) : format.date(dueAt).slice(0, 5);
}

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
