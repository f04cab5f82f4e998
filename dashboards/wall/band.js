/** The top band: whose picture, how fresh, what time. */
import { html } from "lit-html";
import { fitTitle, placeIn, withoutRank } from "./names.js";
import { span } from "./format.js";
import { age, dataTime } from "./freshness.js";
import { shape } from "./shapes.js";

const FAST_CLOCK = 10; // data seconds a real second: above it seconds are noise

/** What the clock shows: the real time, or the data's own in a simulation or replay. */
export function clockTime(state, freshness, clockOffset, now, wallClock) {
  if (!state || state.mode === "live") return wallClock + clockOffset;
  return dataTime(freshness, state.clock_speed ?? 1, now);
}

/** `ms` (epoch) as the clock shows it: to the minute where data time runs fast. */
export function clockText(state, ms, format) {
  if (ms === null) return "–";
  const fast = state && state.mode !== "live" && (state.clock_speed ?? 1) >= FAST_CLOCK;
  return fast ? format.minute(ms) : format.time(ms);
}

/** The moment that the numbers tell, for a picture that is no longer fresh. */
export function asOf(freshness, wallClock, { format, messages }) {
  if (freshness.watermark === null) return null;
  const sameDay = format.date(freshness.watermark) === format.date(wallClock);
  const time = format.time(freshness.watermark);
  const dated = sameDay ? time : `${time} ${format.date(freshness.watermark)}`;
  return {
    full: messages.text("as_of", { time: dated }),
    short: messages.text("as_of_short", { time }),
    time,
  };
}

function freshnessDetail(verdict, freshness, now, view) {
  const { messages, format } = view;
  if (verdict === "stale" || verdict === "lost") return view.asOf?.full ?? "";
  if (verdict === "empty") return messages.text("no_data_yet");
  const ms = Math.round((age(freshness, now) ?? 0) / 2000) * 2000; // digits rest for 2 s
  return messages.text("behind", { span: span(Math.max(ms, 1000), messages, format) });
}

/** The parts of a title, best first: what stands between its separators, the place it names. */
function titleParts(title) {
  const parts = title.split(/\s*[·–|]\s*/u).filter(Boolean).reverse();
  const places = [placeIn(title)].filter(Boolean);
  return [...parts, ...places, ...[...places, ...parts].map(withoutRank)];
}

const HEADING_SIZE = 1.45; // em (as in parts.css)

function fullTitle(title, room, messages) {
  const place = fitTitle([title, ...titleParts(title)], room, "400");
  const headings = [messages.text("heading"), messages.text("heading_short")];
  const heading = fitTitle(headings, room / HEADING_SIZE);
  return html`<p class="place ${place.width}">${place.text}</p>
    <h1 class=${heading.width}>${heading.text}</h1>`;
}

/** As much of the title as one line holds: all of it, else one of the parts between separators. */
function boardTitle(title, room, messages) {
  const forms = [`${title} · ${messages.text("heading_short")}`, title, ...titleParts(title)];
  const { text, width } = fitTitle(forms, room);
  return html`<h1 class=${width}>${text}</h1>`;
}

/** The whole band; `titleRoom`: em that the title may take, `now`: monotonic ms. */
export function bandTemplate(state, verdict, freshness, now, titleRoom, view) {
  const { messages, format, scene } = view;
  const dense = scene.roomy;
  const trusted = verdict === "live" || verdict === "delayed";
  const simulated = state && state.mode !== "live";
  const time = clockText(state, view.now, format);
  const badge = simulated
    ? html`<p class="badge" data-mode=${state.mode}>
        ${messages.text(state.mode)}${dense && state.clock_speed > 1
          ? html`<span class="speed">×${format.integer(state.clock_speed)}</span>`
          : ""}
      </p>`
    : "";
  const detail = freshnessDetail(verdict, freshness, now, view);
  const heading = dense
    ? fullTitle(state?.title ?? "", titleRoom, messages)
    : boardTitle(state?.title ?? "", titleRoom, messages);
  const clock = html`<div class="clock">
    <p class="clock-time">${time}</p>
    ${dense && view.now !== null
      ? html`<p class="clock-date">
          <span>${simulated ? messages.text(`${state.mode}_clock`) : format.weekday(view.now)}</span
          ><span>${format.date(view.now)}</span>
        </p>`
      : ""}
  </div>`;
  // Across a hall an old picture needs the room of the clock to say how old it is.
  return html`<div class="titles slot-title">${heading}</div>
    ${badge}
    <div class="freshness ${verdict}" role="status">
      ${shape(trusted ? "dot" : "halt")}
      <p class="verdict-name">${messages.text(verdict)}</p>
      ${dense
        ? html`<p class="verdict-detail">${detail}</p>`
        : trusted || !view.asOf
          ? ""
          : html`<p class="verdict-detail">
              ${scene.name === "far" ? view.asOf.time : view.asOf.short}
            </p>`}
    </div>
    ${scene.name === "far" && !trusted ? "" : clock}`;
}
