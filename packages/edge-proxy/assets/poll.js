const shortestMs = 1000;
/** The next question waits this many times as long as the last answer took, so that looking on never keeps the proxy busy. */
const rest = 10;

/** @typedef {"waiting" | "live" | "paused" | "lost"} Status */

/**
 * Asks again and again, about once a second, and not while nobody can see the page. Told: `answer` when there is a new one,
 * `status` when it goes well or not.
 */
export class Poll extends EventTarget {
  /** @type {unknown} */
  answer;
  /** @type {string | undefined} */
  answeredAt;
  /** @type {Status} */
  status = "waiting";
  problem = "";
  #url;
  #isRunning = false;
  #isAsking = false;
  /** @type {number | undefined} */
  #timer;

  /** @param {string} url */
  constructor(url) {
    super();
    this.#url = url;
    document.addEventListener("visibilitychange", () => this.soon());
  }

  start() {
    this.#isRunning = true;
    this.soon();
  }

  pause() {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    this.#become("paused");
  }

  /** Asks now, unless nobody looks. */
  soon() {
    clearTimeout(this.#timer);
    if (this.#isRunning && !document.hidden && !this.#isAsking) this.#ask();
  }

  async #ask() {
    this.#isAsking = true;
    const startedMs = performance.now();
    try {
      const response = await fetch(this.#url, { signal: AbortSignal.timeout(10_000) });
      if (!response.ok)
        throw new Error(response.status === 401 ? "the token is not valid any more" : `status ${response.status}`);
      this.answer = await response.json();
      this.answeredAt = new Date().toISOString();
      this.#isAsking = false;
      if (!this.#isRunning) return;
      this.dispatchEvent(new Event("answer"));
      this.#become("live");
    } catch (error) {
      this.#isAsking = false;
      if (!this.#isRunning) return;
      // What a browser says of a connection that failed differs from one to the next.
      this.problem = error instanceof TypeError ? "nobody is there" : String(/** @type {Error} */ (error).message);
      this.#become("lost");
    }
    const tookMs = performance.now() - startedMs;
    if (!document.hidden) this.#timer = setTimeout(() => this.soon(), Math.max(shortestMs, tookMs * rest));
  }

  /** @param {Status} status */
  #become(status) {
    this.status = status;
    this.dispatchEvent(new Event("status"));
  }
}
