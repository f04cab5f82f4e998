/**
 * What time it is, by the server: a display's own clock may be wrong by hours, and stops with it.
 *
 * The server's time is kept with the monotonic moment at which it came, so a step of the display's
 * clock moves nothing. Pure: the caller passes monotonic ms (`now`) and its own clock (`own`).
 */
export const WRONG_MS = 90_000; // from here on a wrong clock is said: nobody sets one by seconds
export const SLEPT_MS = 20_000; // beats are a second apart: what is missing was slept through

export class DisplayClock {
  #server = null; // {time, at}
  #beat = null; // {now, own} of the last beat

  /** The server said its time (epoch ms). */
  heard(time, now) {
    this.#server = { time, at: now };
  }

  /** The server's time; the display's own before it was ever heard. */
  time(now, own) {
    return this.#server === null ? own : this.#server.time + (now - this.#server.at);
  }

  /** By how many ms the display's clock is ahead (< 0: behind); null where that is not known or little. */
  wrongBy(now, own) {
    if (this.#server === null) return null;
    const ahead = own - this.time(now, own);
    return Math.abs(ahead) < WRONG_MS ? null : ahead;
  }

  /**
   * A beat of the display, one a second; how many ms were slept through before it, else 0. Of two
   * clocks either may have stood still meanwhile.
   */
  beat(now, own) {
    const last = this.#beat;
    this.#beat = { now, own };
    if (last === null) return 0;
    const missed = Math.max(now - last.now, own - last.own) - 1000;
    return missed >= SLEPT_MS ? missed : 0;
  }
}
