/** The frame of each scene: which sections stand on the wall. Their places are in layout.css. */
import { html } from "lit-html";
import { BY_URGENCY, FIGURES } from "./figures.js";

/** Sections by scene: what cannot be read at the scene's size is left out. */
export const SECTIONS = {
  dense: ["units", "act", "breaches", "flow", "overdue", "data"],
  middle: ["units", "act", "breaches", "data"],
  sparse: ["act", "data"],
  far: [],
  narrow: ["act", "breaches", "units", "flow", "overdue", "data"],
};

/**
 * @param {object} parts band, figures {id: template}, and a template for each section's head and body
 */
export function layoutTemplate(scene, parts) {
  const sections = SECTIONS[scene.name];
  const panel = (name) =>
    sections.includes(name)
      ? html`<section class="panel panel-${name}">
          <header class="panel-head">${parts[name]?.head ?? ""}</header>
          <div class="panel-body slot-${name}">${parts[name]?.body ?? ""}</div>
        </section>`
      : "";
  return html`<header class="band">${parts.band}</header>
    <div class="figures">
      ${(scene.name === "sparse" || scene.name === "far" ? BY_URGENCY : FIGURES).map(
        (id) => html`<section class="figure figure-${id} ${parts.asOf ? "as-of" : ""}" data-figure=${id}>
          ${parts.figures?.[id] ?? ""}
        </section>`,
      )}
    </div>
    ${["units", "act", "breaches", "flow", "overdue"].map(panel)}
    ${sections.includes("data") ? html`<footer class="data">${parts.data ?? ""}</footer>` : ""}`;
}
