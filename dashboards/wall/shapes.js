/** Shapes drawn by CSS: they repeat what colour says, for eyes and screens that lose colour. */
import { html } from "lit-html";

/** @param {"up"|"down"|"down-hollow"|"diamond"|"clock"|"flat"|"dot"} name */
export function shape(name) {
  return html`<i class="shape ${name}" aria-hidden="true"></i>`;
}
