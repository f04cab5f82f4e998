/**
 * Reloads the wall once when the server runs another release than the one it was loaded from.
 *
 * Once: the release is remembered over the reload, so a server that names its releases badly
 * cannot make a loop. At a quiet moment: the picture is live, some minutes of jitter have passed
 * (walls do not reload together), and the new page can be fetched.
 */
const KEY = "dunghen.release";
const JITTER_MS = 60_000;
const RETRY_MS = 30_000;

export class ReleaseWatch {
  #release = null;
  #timer = 0;
  #isQuiet;
  #reload;

  /** @param {() => boolean} isQuiet true while nothing on the wall needs eyes */
  constructor(isQuiet, reload = () => location.reload()) {
    this.#isQuiet = isQuiet;
    this.#reload = reload;
  }

  see(release) {
    if (!release || release === this.#release) return;
    const first = this.#release === null;
    this.#release = release;
    if (first) sessionStorage.setItem(KEY, release);
    else if (!this.#timer && sessionStorage.getItem(KEY) !== release) {
      this.#plan(1000 + Math.random() * JITTER_MS);
    }
  }

  #plan(wait) {
    this.#timer = setTimeout(() => this.#try(), wait);
  }

  async #try() {
    const reachable = await fetch("/wall", { cache: "no-store" }).then((r) => r.ok, () => false);
    if (!reachable || !this.#isQuiet()) return this.#plan(RETRY_MS);
    sessionStorage.setItem(KEY, this.#release);
    this.#reload();
  }
}
