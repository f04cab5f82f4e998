/** The five figures as cards: for screens with room. */
import { html } from "lit-html";
import { ARROW_EM, facts, fitChange } from "./figures.js";
import { emWidth, firstThatFits } from "./fit.js";
import { shape } from "./shapes.js";
import { sparkline } from "./sparkline.js";

const NUMBER_EM = 3.2; // size of the number (as in parts.css)
const GAP_EM = 0.8;

/** @param {number} room inner width of the card in em */
export function cardTemplate(id, figure, room, view) {
  const { tone, mark, text, unit, labels, target, digits, change } = facts(id, figure, view);
  const beside = room - digits * NUMBER_EM - GAP_EM;
  const aside = target && [target.words, target.verdict].every((t) => emWidth(t, "600") <= beside);
  const line =
    target && !aside && !view.asOf
      ? { arrow: change.arrow, variants: change.variants.map((text) => `${text} · ${target.words}`) }
      : change;
  const label = firstThatFits(labels, room - (mark ? ARROW_EM : 0), "500");
  return html`<h2>${mark ? shape(mark) : ""}<span>${label}</span></h2>
    <p class="number" .style=${`--digits:${digits.toFixed(3)}`}>
      <span class="value ${tone}">${text}</span>${unit ? html`<span class="unit">${unit}</span>` : ""}
      ${aside
        ? html`<span class="aside"
            ><span>${target.words}</span><span class="verdict ${tone}">${target.verdict}</span></span
          >`
        : ""}
    </p>
    <p class="change">${line.arrow ? shape(line.arrow) : ""}${fitChange(line, room)}</p>
    ${sparkline(figure.spark, target ? figure.target : null)}`;
}
