/** Digits must stay long enough to be read. */
export const DIGITS_MS = 2000;

/** Lets a new value through at most every `periodMs`, the newest one at the end of each. */
export class Throttle {
  #periodMs;
  #show;
  #last = -Infinity;
  #timer = 0;
  #latest;

  /** @param {(value: any) => void} show called with the newest value, never more often than the period */
  constructor(periodMs, show) {
    this.#periodMs = periodMs;
    this.#show = show;
  }

  /** A new value; `now`: monotonic ms. */
  offer(value, now = performance.now()) {
    this.#latest = value;
    if (this.#timer) return;
    const wait = this.#last + this.#periodMs - now;
    if (wait <= 0) this.#release(now);
    else this.#timer = setTimeout(() => this.#release(performance.now()), wait);
  }

  /** Forget what waits, and let the next value through at once. */
  restart() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#last = -Infinity;
  }

  #release(now) {
    this.#timer = 0;
    this.#last = now;
    this.#show(this.#latest);
  }
}
