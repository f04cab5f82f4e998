/** What the five figures say, in words and numbers; cards.js and board.js set it. */
import { emWidth, firstThatFits } from "./fit.js";
import { floorTo } from "./format.js";

export const FIGURES = ["open", "due_soon", "overdue", "on_time_rate", "late_receptions"];
/** Across a room the figures that call for action stand first. */
export const BY_URGENCY = ["overdue", "due_soon", "on_time_rate", "late_receptions", "open"];

export const ARROW_EM = 1.15; // a shape and its gap
const UNIT_EM = 0.75; // the percent sign beside the number, in em of the number
const SHAPES = { due_soon: "diamond", overdue: "up", late_receptions: "clock" };

/** Amber is "due soon" and nothing else; vermillion is "late". Zero is normal, so it is grey. */
function mood(id, figure) {
  if (figure.value == null) return "";
  if (id === "due_soon") return figure.value > 0 ? "soon" : "";
  if (id === "overdue" || id === "late_receptions") return figure.value > 0 ? "late" : "";
  if (id === "on_time_rate") return figure.value < figure.target ? "late" : "";
  return "";
}

function target(figure, format, messages) {
  const percent = format.percent(figure.target, Number.isInteger(figure.target) ? 0 : 1);
  const shown = floorTo(figure.value, 2);
  const met = shown == null || shown >= figure.target;
  let verdict = "";
  if (shown != null) {
    verdict = met
      ? messages.text("target_met")
      : messages.text("target_missing", { gap: format.decimal(figure.target - shown, 2) });
  }
  return { percent, words: messages.text("target", { target: percent }), verdict };
}

/** The change against a day before as {arrow, variants}: the same fact in ever fewer words. */
function change(id, figure, format, messages) {
  const words = (keys, values) => keys.map((key) => messages.text(key, values));
  if (figure.value == null || figure.previous == null) {
    return { arrow: "", variants: words(["no_comparison", "no_comparison_brief", "no_comparison_mark"]) };
  }
  const rate = id === "on_time_rate";
  const difference = figure.value - figure.previous;
  if (rate ? Math.abs(difference) < 0.005 : difference === 0) {
    return { arrow: "flat", variants: words(["no_change_long", "no_change", "no_change_brief", "no_change_mark"]) };
  }
  const size = rate ? format.decimal(Math.abs(difference), 2) : format.integer(Math.abs(difference));
  const n = rate ? messages.text("points", { n: size }) : size;
  return {
    arrow: difference > 0 ? "up" : "down",
    variants: [
      ...words(["change_long", "change", "change_short", "change_brief"], { n }),
      n, size, format.compact(Math.abs(difference)),
    ],
  };
}

/** Everything that a figure shows, with texts as variants, longest first. */
export function facts(id, figure, view) {
  const { format, messages } = view;
  const rate = id === "on_time_rate";
  const tone = mood(id, figure);
  const text = rate ? format.decimal(floorTo(figure.value, 2), 2) : format.integer(figure.value);
  const unit = rate && figure.value != null ? format.percentSign : "";
  const names = {
    due_soon: ["due_soon", "due_soon_short", "due_soon_brief"],
    overdue: ["overdue", "overdue_brief"],
    on_time_rate:
      figure.window === "30d" ? ["on_time_rate_days"] : ["on_time_rate", "on_time_rate_brief"],
  }[id] ?? [id];
  return {
    tone,
    text,
    unit,
    mark: SHAPES[id] ?? (rate && tone === "late" ? "down" : ""),
    labels: names.map((name) => messages.text(name)),
    target: rate ? target(figure, format, messages) : null,
    // All digits are equally wide: the same room whatever the number.
    digits: emWidth(text.replace(/\d/gu, "0"), "600") + (unit ? UNIT_EM : 0) + 0.06,
    change: view.asOf
      ? { arrow: "halt", variants: [view.asOf.full, view.asOf.short, view.asOf.time] }
      : change(id, figure, format, messages),
  };
}

/** The longest of the variants that fits `room` (em) beside its arrow. */
export function fitChange({ arrow, variants }, room) {
  return firstThatFits(variants, room - (arrow ? ARROW_EM : 0));
}
