/** The five figures: value, change against the same working moment a day before, sparkline. */
import { html } from "lit-html";
import { emWidth, firstThatFits } from "./fit.js";
import { floorTo } from "./format.js";
import { shape } from "./shapes.js";
import { sparkline } from "./sparkline.js";

/** Order of reading; `main` ones are the large ones of the sparse scene. */
export const FIGURES = ["open", "due_soon", "overdue", "on_time_rate", "late_receptions"];
const SHAPES = { due_soon: "diamond", overdue: "up", late_receptions: "clock" };
const ARROW_EM = 1.1;

/** Amber is "due soon" and nothing else; vermillion is "late". Zero is normal, so it is grey. */
function tone(id, figure) {
  if (figure.value == null) return "";
  if (id === "due_soon") return figure.value > 0 ? "soon" : "";
  if (id === "overdue" || id === "late_receptions") return figure.value > 0 ? "late" : "";
  if (id === "on_time_rate") return figure.value < figure.target ? "late" : "";
  return "";
}

function valueText(id, figure, format) {
  if (id !== "on_time_rate") return format.integer(figure.value);
  return format.decimal(floorTo(figure.value, 2), 2);
}

/** The change as {arrow, variants}: the same fact in ever fewer words. */
function change(id, figure, format, messages) {
  if (figure.value == null || figure.previous == null) {
    return { arrow: "", variants: ["no_comparison", "no_comparison_brief"].map((k) => messages.text(k)) };
  }
  const rate = id === "on_time_rate";
  const difference = figure.value - figure.previous;
  const size = rate ? format.decimal(Math.abs(difference), 2) : format.integer(Math.abs(difference));
  if (rate ? Math.abs(difference) < 0.005 : difference === 0) {
    const keys = ["no_change_long", "no_change", "no_change_brief"];
    return { arrow: "flat", variants: keys.map((k) => messages.text(k)) };
  }
  const n = rate ? messages.text("points", { n: size }) : size;
  const keys = ["change_long", "change", "change_short", "change_brief"];
  return {
    arrow: difference > 0 ? "up" : "down",
    variants: [...keys.map((k) => messages.text(k, { n })), n],
  };
}

function targetWords(figure, format, messages) {
  const target = format.percent(figure.target, Number.isInteger(figure.target) ? 0 : 1);
  const met = figure.value == null || figure.value >= figure.target;
  const gap = met ? 0 : Math.max(0.01, figure.target - floorTo(figure.value, 2));
  return {
    full: messages.text("target", { target }),
    brief: messages.text("target_brief", { target }),
    verdict:
      figure.value == null
        ? ""
        : met
          ? messages.text("target_met")
          : messages.text("target_missing", { gap: format.decimal(gap, 2) }),
  };
}

/** The line under the number. In the sparse scene the target has no other place. */
function changeLine(id, figure, room, view) {
  const { format, messages, scene } = view;
  if (view.asOf) {
    const { full, short } = view.asOf;
    return html`${shape("clock")}${firstThatFits([full, short], room - ARROW_EM)}`;
  }
  const { arrow, variants } = change(id, figure, format, messages);
  let lines = variants;
  if (id === "on_time_rate" && scene.name !== "dense") {
    const { full, brief } = targetWords(figure, format, messages);
    lines = [
      ...variants.flatMap((text) => [`${text} · ${full}`]),
      `${variants.at(-1)} · ${brief}`,
      brief,
    ];
  }
  return html`${arrow ? shape(arrow) : ""}${firstThatFits(lines, room - (arrow ? ARROW_EM : 0))}`;
}

function labelVariants(id, messages, brief) {
  const keys = {
    due_soon: ["due_soon", "due_soon_short", "due_soon_brief"],
    overdue: ["overdue", "overdue_brief"],
    on_time_rate: ["on_time_rate", "on_time_rate_brief"],
  }[id] ?? [id];
  return (brief ? keys.slice(-1) : keys).map((key) => messages.text(key));
}

/** @param {number} room inner width of the card in em */
export function figureTemplate(id, figure, room, view) {
  const { format, messages, scene } = view;
  const rate = id === "on_time_rate";
  const mood = tone(id, figure);
  const mark = SHAPES[id] ?? (rate && mood === "late" ? "down" : "");
  const text = valueText(id, figure, format);
  const unit = rate && figure.value != null ? format.percentSign : "";
  const label = firstThatFits(
    labelVariants(id, messages, scene.name === "far"),
    room - (mark ? ARROW_EM + 0.3 : 0),
    "500",
  );
  const aside = rate && scene.name === "dense" ? targetWords(figure, format, messages) : null;
  // The width that the digits need, so that the style sheet can size the number to its card.
  const digits = emWidth(text.replace(/\d/g, "0"), "600") + (unit ? 0.62 : 0) + 0.06;
  return html`<h2>${mark ? shape(mark) : ""}<span>${label}</span></h2>
    <p class="number" .style=${`--digits:${digits.toFixed(3)}`}>
      <span class="value ${mood}">${text}</span>${unit
        ? html`<span class="unit">${unit}</span>`
        : ""}${aside
        ? html`<span class="aside"
            ><span>${aside.full}</span><span class="verdict ${mood}">${aside.verdict}</span></span
          >`
        : ""}
    </p>
    <p class="change">${changeLine(id, figure, room, view)}</p>
    ${sparkline(figure.spark, rate ? figure.target : null)}`;
}
