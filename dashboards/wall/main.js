/** Wires the wall together: feed → throttle → view, and a clock that beats once a second. */
import { startPixelShift } from "./burn_in.js";
import { DisplayClock } from "./clock.js";
import { Feed } from "./feed.js";
import { loadFonts } from "./fit.js";
import { createFormat } from "./format.js";
import { heard, initial, judge, slept } from "./freshness.js";
import { DisplayKey } from "./key.js";
import { lookOf, titled, wallName } from "./look.js";
import { loadMessages } from "./messages.js";
import { worded } from "./names.js";
import { drawNotice, noticeTemplate, problemOf, stripText } from "./notice.js";
import { ReleaseWatch } from "./release.js";
import { chooseScene } from "./scene.js";
import { DIGITS_MS, Throttle } from "./throttle.js";
import { View } from "./view.js";

const RETRY_MS = 5000;
const SAY_MS = 15_000; // how long it is said that the display woke up
const params = new URLSearchParams(location.search);
const name = wallName(location.pathname);
const preview = params.has("preview");
const key = new DisplayKey(name);

/** Words and fonts come from the server that may be restarting just now. */
async function untilLoaded(load) {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      console.info(`wall: waiting for its files, ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** What is known now; `draw` shows it. */
class Wall {
  #root = document.querySelector("#wall");
  #look = lookOf(params, null);
  #messages;
  #view;
  #format;
  #wall = null; // the last message "wall"
  #state = null;
  #shown = null;
  #freshness = initial(performance.now());
  #clock = new DisplayClock();
  #woke = { ms: 0, at: 0 };
  #problem = null; // why there is no picture: {problem, triedAt, wrong}
  #throttle = new Throttle(DIGITS_MS, (state) => this.#show(state));
  #releases = new ReleaseWatch(() => judge(this.#freshness, performance.now()) === "live");
  #feed = new Feed(
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/feed`,
    (state) => this.#take(state),
    (signal) => this.#hear(signal),
    {
      token: () => (preview ? null : key.value),
      wall: name,
      onWall: (wall) => this.#dress(wall),
      onDenied: (why) => this.#deny(why),
    },
  );

  async start() {
    await Promise.all([this.#applyLook(), untilLoaded(loadFonts)]);
    if (name !== null && !preview) await key.claimGiven();
    key.onChange(() => this.#feed.reconnect());
    window.addEventListener("resize", () => this.draw());
    this.#beat();
    this.#feed.start();
    if (!preview) startPixelShift(this.#root);
  }

  draw() {
    const now = performance.now();
    const time = this.#clock.time(now, Date.now());
    const { place } = this.#look;
    this.#view.draw(this.#shown, {
      scene: chooseScene(place, window.innerWidth, window.innerHeight),
      verdict: judge(this.#freshness, now),
      freshness: this.#freshness, now, clockOffset: 0, wallClock: time,
    });
    this.#drawBeside(now);
  }

  #drawBeside(now) {
    const words = { messages: this.#messages, format: this.#format, onCode: (code) => this.#claim(code) };
    const slept = now - this.#woke.at < SAY_MS ? this.#woke.ms : 0;
    const strip = stripText({ slept, wrongBy: this.#clock.wrongBy(now, Date.now()) }, words);
    document.documentElement.toggleAttribute("data-strip", strip !== "");
    drawNotice(this.#problem && noticeTemplate({ ...this.#problem, name }, words), strip);
  }

  // One beat a second, on the second, so that the clock's digits change with the real ones.
  #beat() {
    const now = performance.now();
    const missed = this.#clock.beat(now, Date.now());
    if (missed && document.visibilityState === "visible") {
      this.#woke = { ms: missed, at: now };
      this.#freshness = slept(this.#freshness, missed, now);
      this.#feed.reconnect();
    }
    this.draw();
    setTimeout(() => this.#beat(), 1000 - (this.#clock.time(performance.now(), Date.now()) % 1000));
  }

  #take(state) {
    this.#problem = null;
    this.#state = state;
    this.#throttle.offer(state);
    this.#releases.see(state.release);
  }

  #show(state) {
    const named = titled(state, this.#wall);
    this.#shown = this.#look.lang === "vi" ? named : worded(named, this.#messages); // names come in Vietnamese
    this.draw();
  }

  #hear(signal) {
    this.#freshness = heard(this.#freshness, signal, performance.now());
    const time = toMs(signal.serverTime);
    if (time !== null) this.#clock.heard(time, performance.now());
  }

  /** The settings of the wall came, or have changed. */
  async #dress(wall) {
    const scoped = wall.scope !== this.#wall?.scope;
    this.#problem = null;
    this.#wall = wall;
    if (scoped) {
      // Figures of another part under this title would be wrong: its own come with the next message.
      this.#state = this.#shown = null;
      this.#throttle.restart();
    }
    await this.#applyLook();
    if (this.#state) this.#show(this.#state);
    else this.draw();
  }

  async #applyLook() {
    const look = lookOf(params, this.#wall);
    const other = look.lang !== this.#look.lang || !this.#messages;
    this.#look = look;
    if (other) this.#messages = await untilLoaded(() => loadMessages(look.lang));
    const { lang, theme, panelMs } = this.#look;
    document.documentElement.lang = lang;
    document.documentElement.dataset.theme = theme;
    document.title = this.#messages.text("page_title");
    this.#format = createFormat(lang, "Asia/Ho_Chi_Minh");
    const dressed = { messages: this.#messages, lang, theme, panelMs };
    if (this.#view) this.#view.look(dressed);
    else this.#view = new View(this.#root, dressed);
  }

  /** A person can sign in; a display of a named wall has nobody to: it says what it needs. */
  #deny(why) {
    const problem = problemOf(why);
    const [reason, elsewhere] = why.split(" ");
    if (reason === "wall_elsewhere" && elsewhere !== name) {
      if (key.value !== null) location.replace(`/wall/${elsewhere}${location.search}#key=${key.value}`);
      return;
    }
    if (name === null && key.value === null && ["sign_in", "session_over"].includes(reason)) {
      const goal = location.pathname + location.search;
      location.replace(`/enter?goal=${encodeURIComponent(goal)}`);
      return;
    }
    if (problem === null) return;
    this.#state = this.#shown = null; // who may not look must not see what was there before
    const now = this.#clock.time(performance.now(), Date.now());
    this.#problem = { problem, triedAt: now, wrong: this.#problem?.wrong ?? "" };
    this.draw();
  }

  async #claim(code) {
    const wrong = await key.claim(code);
    if (this.#problem !== null) this.#problem = { ...this.#problem, wrong };
    if (wrong === "") this.#feed.reconnect();
    this.draw();
  }
}

/** Server time as epoch ms, or as an ISO text; null where it is neither. */
function toMs(time) {
  const ms = typeof time === "number" ? time : Date.parse(time);
  return Number.isFinite(ms) ? ms : null;
}

new Wall().start();
