const shownMs = 6000;

/** One line that comes up for a while, and is read out. */
export class Toast {
  #element;
  /** @type {number | undefined} */
  #timer;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** @param {string} message @param {boolean} isBad */
  say(message, isBad) {
    clearTimeout(this.#timer);
    this.#element.dataset.kind = isBad ? "bad" : "good";
    this.#element.textContent = message;
    // Empty, it cannot be seen; it stays where screen readers listen.
    this.#timer = setTimeout(() => this.#element.replaceChildren(), shownMs);
  }
}
