/** The data line: may the figures be believed? Sources, errors, and the recount. */
import { html } from "lit-html";
import { emWidth } from "./fit.js";
import { span } from "./format.js";
import { shape } from "./shapes.js";

const GAP_EM = 2;
const ARROWS_EM = 2.2;

/** Items in the order of importance, each {parts: [[text, strong]], alarm}. */
export function dataItems(data, view) {
  const { format, messages } = view;
  const items = [];
  const sources = data.sources ?? [];
  if (sources.length) {
    const fresh = sources.filter((source) => source.fresh);
    const silent = sources.filter((source) => !source.fresh).map((source) => source.id);
    const oldest = Math.max(...sources.map((source) => source.age_ms ?? 0));
    items.push({
      parts: [
        messages.text("data_sources", {
          fresh: format.integer(fresh.length), all: format.integer(sources.length),
        }),
        silent.length
          ? messages.text("data_silent", { ids: silent.slice(0, 3).join(", ") + (silent.length > 3 ? " …" : "") })
          : messages.text("data_oldest", { span: span(oldest, messages, format) }),
      ],
      alarm: silent.length > 0,
    });
  } else {
    items.push({ parts: [messages.text("data_sources_none")], alarm: false });
  }
  if (!view.scene.roomy) items.push({ parts: [messages.text("data_change_key")], arrows: true });
  if (data.checked) {
    const key = data.checked.equal ? "data_checked" : "data_differs";
    items.push({
      parts: [messages.text(key, { time: format.minute(data.checked.at) })],
      alarm: !data.checked.equal,
    });
  }
  const count = (key, n) =>
    items.push({ parts: [messages.text(key, { n: format.integer(n ?? 0) })], alarm: false });
  count("data_dead", data.dead_letters);
  count("data_flagged", data.flagged);
  count("data_duplicates", data.duplicates);
  if (data.lag > 0) count("data_lag", data.lag);
  if (!data.checked) items.push({ parts: [messages.text("data_unchecked")], alarm: false });
  return items;
}

const widthOf = (item) =>
  emWidth(item.parts.join(" · "), "500") + (item.alarm ? 1 : 0) + (item.arrows ? ARROWS_EM : 0);

/** As many items as the line holds, alarms first; the first one sheds its detail before it is left out. */
export function dataTemplate(data, em, view) {
  const items = dataItems(data, view).sort((a, b) => Number(b.alarm ?? false) - Number(a.alarm ?? false));
  const shown = [];
  let used = 0;
  for (const item of items) {
    const brief = { ...item, parts: item.parts.slice(0, 1) };
    const forms = view.scene.roomy ? [item, brief] : item.alarm ? [item, brief] : [brief];
    const fits = forms.find((form) => used + widthOf(form) <= em);
    if (!fits) continue;
    shown.push(fits);
    used += widthOf(fits) + GAP_EM;
  }
  return shown.map(
    (item) => html`<span class="data-item ${item.alarm ? "alarm" : ""}">${item.arrows ? html`${shape("up")}${shape("down")}` : ""}${item.parts.join(" · ")}</span>`,
  );
}
