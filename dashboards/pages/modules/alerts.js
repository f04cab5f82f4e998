/**
 * The inbox: J and K go from row to row, E acknowledges, H snoozes; new rows are announced and wait
 * until the reader wants them. The list stays where it was when an alert opens beside it. Without a
 * script the same is done by links and forms.
 */
const scrolled = { top: 0, height: 0 };

const list = () => document.querySelector(".inbox-list");
const rows = () => [...document.querySelectorAll(".row-link")].filter((each) => each.checkVisibility());

/** The row that has the focus, else the one that is open beside the list. */
function here() {
  return document.activeElement?.closest(".alert-row") ?? document.querySelector(".alert-row.opened");
}

function move(step) {
  const all = rows();
  const at = all.indexOf(here()?.querySelector(".row-link"));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[next]?.focus();
  all[next]?.scrollIntoView({ block: "nearest" });
}

/** What is open is acknowledged, unless another row has the focus: only for whoever is in the list
 * or the alert, so that a letter said or struck elsewhere does nothing. */
function acknowledge() {
  if (!document.activeElement?.closest(".inbox-list, .inbox-detail")) return;
  const row = document.activeElement?.closest(".alert-row");
  const form = row && !row.classList.contains("opened") ? row.querySelector(".row-act form") : document.querySelector(".main-act");
  form?.requestSubmit();
}

function snooze() {
  const first = document.querySelector(".snoozes button");
  if (first) first.focus();
  else here()?.querySelector(".row-link")?.click();
}

const keys = { j: () => move(1), k: () => move(-1), e: acknowledge, h: snooze };

/** An alert that is opened by its address, as from a mail: where reading begins. */
if (document.activeElement === document.body && !location.hash) {
  document.querySelector(".inbox-detail h1")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (!document.querySelector(".inbox") || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const act = keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

/** Told by live.js: something newer is waiting than this page shows. */
document.addEventListener("dunghen:inbox", (event) => {
  const inbox = document.querySelector(".inbox");
  const news = document.querySelector(".inbox-news p");
  if (inbox && news && event.detail.newest > Number(inbox.dataset.newest)) news.hidden = false;
});

document.addEventListener("htmx:beforeSwap", () => {
  scrolled.top = list()?.scrollTop ?? 0;
});
document.addEventListener("htmx:afterSettle", () => {
  if (list() && document.querySelector(".inbox.with-detail")) list().scrollTop = scrolled.top;
});
