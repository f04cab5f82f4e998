/** The five figures as a board of rows: for screens across a room, where every em counts. */
import { html } from "lit-html";
import { ARROW_EM, facts, fitChange } from "./figures.js";
import { firstThatFits } from "./fit.js";
import { shape } from "./shapes.js";
import { sparkline } from "./sparkline.js";

const GAP_EM = 0.2;

/** Width of the widest number in em of its size: all rows share one size. */
export function sharedDigits(figures, view) {
  return Math.max(...Object.entries(figures).map(([id, figure]) => facts(id, figure, view).digits));
}

/** @param {{label, change, whole}} room em for the label, the change, and that with its sparkline */
export function rowTemplate(id, figure, room, digits, view) {
  const { tone, mark, text, unit, labels, target, change } = facts(id, figure, view);
  const goal = target?.percent ?? "";
  const names = target
    ? [
        ...labels.map((name) => `${name} · ${view.messages.text("target_brief", { target: goal })}`),
        `${labels.at(-1)} (${goal.replace(/\s/u, "")})`,
        ...labels,
      ]
    : labels;
  const old = view.asOf !== null;
  const label = firstThatFits(names, room.label - GAP_EM - (mark ? ARROW_EM : 0), "500");
  return html`<h2>${mark ? shape(mark) : ""}<span>${label}</span></h2>
    <p class="change">
      ${change.arrow ? shape(change.arrow) : ""}${fitChange(change, (old ? room.whole : room.change) - GAP_EM)}
    </p>
    ${old ? "" : sparkline(figure.spark, target ? figure.target : null)}
    <p class="number" .style=${`--digits:${digits.toFixed(3)}`}>
      <span class="value ${tone}">${text}</span>${unit ? html`<span class="unit">${unit}</span>` : ""}
    </p>`;
}
