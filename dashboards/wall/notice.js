/** What a display says when it may not show anything, and what it says beside its picture. */
import { html, nothing, render } from "lit-html";
import { span } from "./format.js";

/** Reasons of the feed (docs/feed.md) that have words; a person can do something about them. */
const KNOWN = [
  "key_expired", "key_revoked", "key_suspended", "key_unknown", "wall_unknown", "out_of_scope",
  "sign_in", "session_over", "role",
];
const WITH_CODE = ["key_expired", "key_revoked", "key_unknown", "sign_in", "session_over", "out_of_scope"];

/** "key_expired hall-3 1795408000000" -> {reason, subject, at}; null for what only needs another try. */
export function problemOf(why) {
  const [reason, subject = "", at = ""] = why.split(" ");
  return KNOWN.includes(reason) ? { reason, subject, at: Number(at) || null } : null;
}

/**
 * The notice that takes the place of the picture.
 * @param {{problem, name: string|null, triedAt: number, wrong: string}} what `wrong`: of the code typed
 * @param {{messages, format, onCode: (code: string) => void}} view
 */
export function noticeTemplate({ problem, name, triedAt, wrong }, { messages, format, onCode }) {
  const { reason, subject, at } = problem;
  const when = at === null ? "" : `${format.time(at)} ${format.date(at)}`;
  const values = { name: subject || (name ?? ""), when };
  const submit = (event) => {
    event.preventDefault();
    onCode(new FormData(event.target).get("code").trim());
  };
  return html`<section class="notice" role="alert">
    <h1>${messages.text(`${reason}_title`, values)}</h1>
    <p>${messages.text(`${reason}_todo`, values)}</p>
    ${name !== null && WITH_CODE.includes(reason)
      ? html`<form class="code" @submit=${submit}>
          <label>${messages.text("code_label")} <input name="code" maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false" required></label>
          <button>${messages.text("code_send")}</button>
          ${wrong ? html`<p class="wrong" role="status">${messages.text(wrong)}</p>` : nothing}
        </form>`
      : nothing}
    ${["sign_in", "session_over"].includes(reason)
      ? html`<p><a href="/enter?goal=${encodeURIComponent(location.pathname)}">${messages.text("sign_in_link")}</a></p>`
      : nothing}
    <p class="again">${messages.text("tried_at", { time: format.time(triedAt) })}</p>
  </section>`;
}

/** One line under the picture: the display slept, or its clock is wrong. "" while there is nothing to say. */
export function stripText({ slept, wrongBy }, { messages, format }) {
  const words = [];
  if (slept) words.push(messages.text("woke", { span: span(slept, messages, format) }));
  if (wrongBy != null) {
    const key = wrongBy > 0 ? "clock_ahead" : "clock_behind";
    words.push(messages.text(key, { span: span(Math.abs(wrongBy), messages, format) }));
  }
  return words.join(" · ");
}

/** Draw into the two elements beside the picture; null and "" empty them. */
export function drawNotice(template, strip) {
  const [notice, line] = ["#notice", "#strip"].map((id) => document.querySelector(id));
  document.documentElement.toggleAttribute("data-notice", template !== null);
  render(template ?? nothing, notice);
  render(strip, line);
}
