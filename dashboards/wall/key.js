/**
 * The key of this display: it stands behind "#", which is in no request's address and in no log, or
 * is kept by the browser after it was handed out with a code that counts once.
 */
const PREFIX = "dunghen.key.";

function store() {
  try {
    return window.localStorage;
  } catch {
    return null; // a browser that keeps nothing: the key lasts as long as the page
  }
}

export class DisplayKey {
  #name;
  #key = null;
  #code = null;

  /** @param {string|null} name of the wall; the key of /wall stays where it is, in the address */
  constructor(name, hash = location.hash) {
    this.#name = name;
    const given = new URLSearchParams(hash.slice(1));
    this.#key = given.get("key");
    if (name === null) return;
    this.#code = given.get("code");
    if (this.#key !== null) this.#keep(this.#key);
    if (hash) history.replaceState(null, "", location.pathname + location.search);
  }

  /** The key of now: another page of this browser may have been given a new one. */
  get value() {
    return this.#name === null ? this.#key : (store()?.getItem(PREFIX + this.#name) ?? this.#key);
  }

  /** Have the code of the address changed for a key, if there is one; true if that came about. */
  async claimGiven() {
    const code = this.#code;
    this.#code = null;
    return code !== null && (await this.claim(code)) === "";
  }

  /** Change a code for a key. Returns "" or why not: "code_wrong" | "code_away". */
  async claim(code) {
    try {
      const answer = await fetch(`/api/v1/walls/${this.#name}/claim`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ code: code.slice(0, 100) }),
      });
      if (!answer.ok) return answer.status < 500 && answer.status !== 429 ? "code_wrong" : "code_away";
      this.#keep((await answer.json()).key);
      return "";
    } catch {
      return "code_away";
    }
  }

  /** `act` when another page of this browser is given a key for the wall. */
  onChange(act) {
    window.addEventListener("storage", ({ key }) => {
      if (this.#name !== null && key === PREFIX + this.#name) act();
    });
  }

  #keep(key) {
    this.#key = key;
    try {
      store()?.setItem(PREFIX + this.#name, key);
    } catch {
      // full or forbidden: the key lasts as long as the page
    }
  }
}
