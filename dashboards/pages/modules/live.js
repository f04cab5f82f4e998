/**
 * Keeps the figures of a page live. Elements with `data-live="SCOPE FIELD"` get the newest value
 * from the feed of pages (docs/feed.md); who may not listen to it asks for the page again now and
 * then. The band says each second how old the figures are, by the limits of the wall; figures that
 * are old lose their colour (CSS, by the attributes of the root element).
 */
import { Feed } from "/wall/feed.js";
import { createFormat } from "/wall/format.js";
import { age, dataTime, heard, initial, isTrusted, judge } from "/wall/freshness.js";

const POLL_MS = 60_000; // without a feed
const FAST_CLOCK = 10; // data seconds a real second above which seconds are noise

const root = document.documentElement;

/** What the page wants: scopes and fields, each once, in order. */
export function wanted(document_) {
  const scopes = new Set();
  const fields = new Set();
  for (const element of document_.querySelectorAll("[data-live]")) {
    const [scope, field] = split(element.dataset.live);
    scopes.add(scope);
    fields.add(field);
  }
  return { scopes: [...scopes].sort().slice(0, 60), fields: [...fields].sort() };
}

/** A scope may have blanks in its id, a field has none. */
export function split(binding) {
  const place = binding.lastIndexOf(" ");
  return [binding.slice(0, place), binding.slice(place + 1)];
}

/** The text of a value as the server writes it. */
export function written(field, value, format) {
  if (value == null) return "–";
  return field === "on_time_rate" ? format.decimal(Math.floor(value * 10 + 1e-9) / 10, 1) : format.integer(value);
}

/** The live part of one page; `stop()` when another one takes its place. */
class LivePage {
  #band = document.querySelector("#freshness");
  #clock = document.querySelector("#clock");
  #format = createFormat(root.lang, this.#band.dataset.timezone);
  #freshness = initial(performance.now());
  #speed = Number(this.#band.dataset.speed) || 1;
  #offset = 0; // ms that this machine's clock is behind the server's
  #changed = false;
  #feed = null;
  #timers = [];

  start() {
    const { watermark, age: ageMs } = this.#band.dataset;
    if (watermark) {
      const told = { watermark: Number(watermark), tickAgeMs: Number(ageMs) };
      this.#freshness = heard(this.#freshness, told, performance.now());
    }
    const { scopes, fields } = wanted(document);
    if (this.#band.dataset.feed) this.#listen(scopes.length ? scopes : ["all"], fields);
    else this.#timers.push(setInterval(() => this.#poll(), POLL_MS));
    this.#timers.push(setInterval(() => this.#beat(), 1000));
    this.#timers.push(setInterval(() => this.#changed && this.#refresh(), Number(this.#band.dataset.refresh) * 1000));
  }

  stop() {
    this.#feed?.stop();
    for (const timer of this.#timers) clearInterval(timer);
  }

  #listen(scopes, fields) {
    const query = new URLSearchParams({ scopes: scopes.join("\n"), fields: fields.join(",") });
    if (document.querySelector("[data-unread]")) query.set("inbox", "1");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#feed = new Feed(
      `${scheme}://${location.host}${this.#band.dataset.feed}?${query}`,
      (state) => this.#show(state),
      (signal) => this.#hear(signal),
    );
    this.#feed.start();
  }

  #hear(signal) {
    this.#freshness = heard(this.#freshness, signal, performance.now());
    if (typeof signal.serverTime === "number") this.#offset = signal.serverTime - Date.now();
    this.#beat();
  }

  #show(state) {
    this.#band.dataset.heard = "true";
    this.#speed = state.clock_speed ?? 1;
    releases.see(state.release);
    if (state.inbox) showUnread(state.inbox, this.#format);
    for (const element of document.querySelectorAll("[data-live]")) {
      const [scope, field] = split(element.dataset.live);
      const value = state.figures?.[scope]?.[field];
      if (value === undefined) continue; // not ours to see, or not counted yet
      const text = written(field, value, this.#format);
      if (element.textContent.trim() === text) continue;
      element.textContent = text;
      this.#changed = true;
    }
  }

  /** Without a feed: the whole page again, quietly. What is heard stays true until a poll fails. */
  async #poll() {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const { watermark, age: ageMs } = page.querySelector("#freshness").dataset;
      this.#hear({ watermark: Number(watermark), tickAgeMs: Number(ageMs) });
      swapMain(page);
    } catch {
      this.#freshness = { ...this.#freshness, heardAt: -Infinity };
    }
  }

  /** Notes, colours and charts that belong to numbers which have changed. */
  async #refresh() {
    if (document.hidden || !isQuiet()) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || !isQuiet()) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (swapMain(page)) this.#changed = false;
  }

  #beat() {
    const now = performance.now();
    const heardOf = this.#feed ? this.#freshness : this.#polled(now);
    let verdict = judge(heardOf, now);
    if (root.dataset.mode === "replay" && ["delayed", "stale"].includes(verdict)) verdict = "ended";
    const trusted = isTrusted(verdict) || verdict === "ended";
    if (root.dataset.verdict !== verdict) {
      root.dataset.verdict = verdict;
      this.#band.className = `freshness ${verdict}`;
      this.#text(".verdict", this.#band.dataset[verdict]);
    }
    root.dataset.trusted = String(trusted);
    this.#text(".detail", this.#detail(verdict, now));
    if (verdict === "stale") this.#staleLine();
    this.#tick(now);
  }

  /** A page that is asked for once a minute is not lost in between. */
  #polled(now) {
    return this.#freshness.heardAt === -Infinity ? this.#freshness : { ...this.#freshness, heardAt: now };
  }

  #detail(verdict, now) {
    const { asOf, behind, waiting } = this.#band.dataset;
    if (verdict === "empty") return waiting;
    if (["stale", "lost", "ended"].includes(verdict)) {
      const at = this.#freshness.watermark;
      return at === null ? "" : asOf.replace("{time}", this.#format.time(at));
    }
    const seconds = Math.round((age(this.#freshness, now) ?? 0) / 2000) * 2; // digits rest for 2 s
    return behind.replace("{n}", this.#format.integer(Math.max(seconds, 1)));
  }

  #text(selector, text) {
    const element = this.#band.querySelector(selector);
    if (element.textContent !== text) element.textContent = text;
  }

  #staleLine() {
    const at = this.#freshness.watermark;
    const time = document.querySelector(".stale-time");
    if (time && at !== null) time.textContent = this.#format.time(at);
  }

  #tick(now) {
    const live = root.dataset.mode === "live";
    const at = live ? Date.now() + this.#offset : dataTime(this.#freshness, this.#speed, now);
    if (at === null || this.#freshness.watermark === null) return;
    const fast = !live && this.#speed >= FAST_CLOCK;
    this.#clock.textContent = fast ? this.#format.minute(at) : this.#format.time(at);
  }
}

/** How many alerts are new to the reader, beside the way to them and in the tab. */
function showUnread(inbox, format) {
  const badge = document.querySelector("[data-unread]");
  if (badge) {
    const [shown, said] = badge.children;
    shown.textContent = inbox.unread < 1000 ? format.integer(inbox.unread) : "999+";
    said.textContent = badge.dataset.label.replace("{n}", format.integer(inbox.unread));
    badge.hidden = inbox.unread === 0;
  }
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = inbox.unread ? `(${inbox.unread}) ${bare}` : bare;
  document.dispatchEvent(new CustomEvent("dunghen:inbox", { detail: inbox }));
}

/** Whether nobody reads or types in what a swap would take away. */
function isQuiet() {
  const held = document.activeElement?.closest("main input, main select, main textarea, main a, main summary");
  const still = document.querySelector("main [data-still]"); // nothing moves under a thumb
  return !held && !still && !document.querySelector("main details[open]:not(.fold)") && getSelection().isCollapsed;
}

/** Put the other page's main part in place of this one's; false if now is not the moment. */
function swapMain(page) {
  const [mine, theirs] = [document.querySelector("#main"), page.querySelector("#main")];
  if (!mine || !theirs || !isQuiet()) return false;
  mine.innerHTML = theirs.innerHTML;
  window.htmx?.process(mine);
  return true;
}

/** A server with another release: the next page is loaded whole, with its styles and modules. */
const releases = {
  known: null,
  stale: false,
  see(release) {
    this.stale ||= this.known !== null && release !== this.known;
    this.known ??= release;
  },
};

let page = null;

function begin() {
  page?.stop();
  page = document.querySelector("#freshness") ? new LivePage() : null;
  page?.start();
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!releases.stale || !event.detail.boosted || event.detail.requestConfig.verb !== "get") return;
  event.preventDefault();
  location.assign(event.detail.requestConfig.path);
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target === document.body) begin();
});
window.addEventListener("pageshow", (event) => event.persisted && begin());
begin();
