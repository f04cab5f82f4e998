/** Wires the wall together: feed → throttle → view, and a clock that beats once a second. */
import { startPixelShift } from "./burn_in.js";
import { Feed } from "./feed.js";
import { loadFonts } from "./fit.js";
import { heard, initial, judge } from "./freshness.js";
import { chooseLanguage, loadMessages } from "./messages.js";
import { worded } from "./names.js";
import { ReleaseWatch } from "./release.js";
import { chooseScene } from "./scene.js";
import { DIGITS_MS, Throttle } from "./throttle.js";
import { View } from "./view.js";

const RETRY_MS = 5000;
const params = new URLSearchParams(location.search);
// Behind "#" a key stays in the browser: it is in no request's address and in no log.
const key = new URLSearchParams(location.hash.slice(1)).get("key");

/** A person can sign in; a wall with a key has nobody to, and goes on asking. */
function signIn() {
  if (key !== null) return;
  const goal = location.pathname + location.search;
  location.replace(`/enter?goal=${encodeURIComponent(goal)}`);
}

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

async function start() {
  const lang = chooseLanguage(params);
  const theme = params.get("theme") === "light" ? "light" : "dark";
  document.documentElement.lang = lang;
  document.documentElement.dataset.theme = theme;
  const [messages] = await Promise.all([untilLoaded(() => loadMessages(lang)), untilLoaded(loadFonts)]);
  document.title = messages.text("page_title");

  const root = document.querySelector("#wall");
  const view = new View(root, { messages, lang, theme });
  let shown = null;
  let freshness = initial(performance.now());
  let clockOffset = 0; // ms that this machine's clock is behind the server's

  const draw = () => {
    const now = performance.now();
    view.draw(shown, {
      scene: chooseScene(params, window.innerWidth, window.innerHeight),
      verdict: judge(freshness, now),
      freshness, now, clockOffset,
      wallClock: Date.now(),
    });
  };
  const releases = new ReleaseWatch(() => judge(freshness, performance.now()) === "live");
  const throttle = new Throttle(DIGITS_MS, (state) => {
    shown = lang === "vi" ? state : worded(state, messages); // names come in Vietnamese
    draw();
  });
  const feed = new Feed(
    `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/feed`,
    (state) => {
      throttle.offer(state);
      releases.see(state.release);
    },
    (signal) => {
      freshness = heard(freshness, signal, performance.now());
      if (signal.serverTime != null) clockOffset = toMs(signal.serverTime) - Date.now();
    },
    { token: key, onDenied: signIn },
  );

  // One beat a second, on the second, so that the clock's digits change with the real ones.
  const beat = () => {
    draw();
    setTimeout(beat, 1000 - ((Date.now() + clockOffset) % 1000));
  };
  window.addEventListener("resize", draw);
  beat();
  feed.start();
  startPixelShift(root);
}

/** Server time as epoch ms, or as an ISO text. */
function toMs(time) {
  const ms = typeof time === "number" ? time : Date.parse(time);
  return Number.isFinite(ms) ? ms : Date.now();
}

start();
