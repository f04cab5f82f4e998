/**
 * Client of the live feed: an explicit state machine around one websocket.
 *
 *   idle ─start→ connecting ─open→ greeting ─snapshot|resume→ streaming
 *                    ↑ │               │                          │
 *                    │ └──── fail ─────┴──────────── fail ────────┘
 *                    └─retry─ waiting ←──────────────┘
 *
 * `fail` is anything that makes the picture untrustworthy: a closed socket, 15 s of silence, a gap
 * in the sequence, a message that cannot be read, a snapshot older than what is shown. Each ends
 * the connection; the next one starts after a random pause (full jitter: uniform between 0 and a
 * doubling limit), so that a thousand walls do not come back in the same second.
 *
 * The feed has no opinion on freshness: it reports what arrived and when (monotonic ms).
 */
import { SILENCE_MS } from "./freshness.js";
import { mergePatch } from "./patch.js";

// Close codes: no key, no session, or one that is not good any more; no wall of this name.
const REFUSED = [4401, 4404];
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

const TRANSITIONS = {
  idle: { start: "connecting" },
  connecting: { open: "greeting", fail: "waiting" },
  greeting: { synced: "streaming", fail: "waiting" },
  streaming: { fail: "waiting" },
  waiting: { retry: "connecting" },
};

/** Longest pause before attempt number `attempt` (0 = the first after a good connection). */
export function pauseLimit(attempt) {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10));
}

/** True where showing `next` after `shown` would turn the picture back in time. */
export function isOlder(next, shown) {
  if (!shown || next.timeline !== shown.timeline) return false;
  return shown.watermark != null && (next.watermark == null || next.watermark < shown.watermark);
}

export class Feed {
  #url;
  #onState;
  #onSignal;
  #token;
  #wall;
  #onWall;
  #onDenied;
  #scope = null; // of the named wall's picture
  #socket = null;
  #timer = 0;
  #retryTimer = 0;
  #attempt = 0;
  #epoch = null;
  #seq = null;
  #queue = Promise.resolve();
  #newest = null; // timeline and watermark of the last picture that was handed on

  phase = "idle";
  state = null;

  /**
   * @param {string} url websocket address
   * @param {(state: object) => void} onState after every snapshot and delta
   * @param {(signal: {watermark, tickAgeMs, serverTime}) => void} onSignal after every message, with
   *   what it told: any member may be missing
   * @param {object} access `token`: () => the key of this wall of now; `wall`: its name;
   *   `onWall`: called with its settings, and again when they change; `onDenied`: with the reason
   *   why the server does not let this wall in (docs/feed.md); it goes on trying
   */
  constructor(
    url,
    onState,
    onSignal,
    { token = () => null, wall = null, onWall = () => {}, onDenied = () => {} } = {},
  ) {
    this.#url = url;
    this.#onState = onState;
    this.#onSignal = onSignal;
    this.#token = token;
    this.#wall = wall;
    this.#onWall = onWall;
    this.#onDenied = onDenied;
  }

  start() {
    this.#enter("start");
    this.#connect();
  }

  /** Connect at once, whatever was waited for: the display woke up, or has a new key. */
  reconnect() {
    if (this.phase === "idle") return;
    if (this.#socket !== null) this.#fail(this.#socket, "asked to");
    clearTimeout(this.#retryTimer);
    this.#attempt = 0;
    this.#retry();
  }

  #retry() {
    this.#enter("retry");
    this.#connect();
  }

  /** For good: nothing is reported any more. */
  stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#retryTimer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #enter(event) {
    const next = TRANSITIONS[this.phase][event];
    if (!next) throw new Error(`feed: "${event}" is impossible while ${this.phase}`);
    this.phase = next;
  }

  #connect() {
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#queue = Promise.resolve();
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      this.#enter("open");
      const named = this.#wall === null ? {} : { wall: this.#wall };
      socket.send(
        JSON.stringify({
          type: "hello", token: this.#token(), ...named, epoch: this.#epoch, seq: this.#seq,
        }),
      );
    };
    // Decompression is asynchronous: the queue keeps messages in the order of arrival.
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      this.#listen();
      this.#queue = this.#queue
        .then(() => decode(data))
        .then((message) => socket === this.#socket && this.#take(message))
        .catch((error) => this.#fail(socket, `unreadable message: ${error.message}`));
    };
    socket.onclose = ({ code, reason }) => {
      const current = socket === this.#socket;
      this.#fail(socket, "closed");
      if (current && REFUSED.includes(code)) this.#onDenied(reason);
    };
    this.#listen();
  }

  /** Restart the countdown to "nothing was heard". */
  #listen() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#timer = setTimeout(() => this.#fail(socket, "silent"), SILENCE_MS);
  }

  #fail(socket, reason) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearTimeout(this.#timer);
    if (reason !== "closed") console.info(`feed: reconnecting, ${reason}`);
    socket.close();
    this.#enter("fail");
    const pause = Math.random() * pauseLimit(this.#attempt++);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#retry(), pause);
  }

  #take(message) {
    const handler = this.#handlers[message.type];
    if (handler) handler(message); // an unknown type is a newer server's: skipped
  }

  #handlers = {
    wall: (wall) => {
      if (wall.scope !== this.#scope) {
        // Another part of the data: there is nothing to resume, and nothing to compare it with.
        this.#forget();
        this.#newest = null;
        this.#scope = wall.scope;
      }
      this.#onWall(wall);
    },
    snapshot: ({ epoch, seq, state }) => {
      if (isOlder(state, this.#newest)) {
        // A server that is still catching up would turn the picture back.
        this.#fail(this.#socket, "snapshot older than the picture");
        return;
      }
      this.#synced(epoch, seq);
      this.#show(state, state);
    },
    resume: ({ epoch, seq }) => {
      if (this.state === null || epoch !== this.#epoch || seq > this.#seq) {
        this.#forget();
        this.#fail(this.#socket, "cannot resume");
        return;
      }
      this.#synced(epoch, this.#seq);
    },
    delta: ({ seq, patch }) => {
      if (this.phase !== "streaming" || seq !== this.#seq + 1) {
        this.#fail(this.#socket, `gap: ${this.#seq} then ${seq}`);
        return;
      }
      this.#seq = seq;
      this.#show(mergePatch(this.state, patch), patch);
    },
    heartbeat: ({ seq, watermark, tick_age_ms: tickAgeMs, server_time: serverTime }) => {
      if (this.phase !== "streaming") return;
      if (seq > this.#seq) {
        this.#fail(this.#socket, `gap: ${this.#seq} then heartbeat ${seq}`);
        return;
      }
      const { timeline } = this.state;
      const behind = isOlder({ timeline, watermark }, this.#newest);
      this.#onSignal(behind ? { serverTime } : { watermark, tickAgeMs, serverTime });
    },
  };

  #synced(epoch, seq) {
    if (this.phase === "greeting") this.#enter("synced");
    this.#attempt = 0;
    this.#epoch = epoch;
    this.#seq = seq;
  }

  #forget() {
    this.#epoch = null;
    this.#seq = null;
  }

  /**
   * Hand a state on. A server that has just started builds its picture up by deltas: until that
   * is as new as the one on the wall, something was heard but nothing is shown, and the picture
   * ages as it should.
   */
  #show(state, news) {
    this.state = state;
    if (!state.figures || isOlder(state, this.#newest)) {
      this.#onSignal({});
      return;
    }
    this.#newest = { timeline: state.timeline, watermark: state.watermark };
    this.#onSignal({
      watermark: news.watermark ?? undefined,
      tickAgeMs: news.tick_age_ms ?? undefined,
      serverTime: undefined,
    });
    this.#onState(state);
  }
}

/** A text frame is JSON; a binary frame is gzip of JSON. */
async function decode(data) {
  if (typeof data === "string") return JSON.parse(data);
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
