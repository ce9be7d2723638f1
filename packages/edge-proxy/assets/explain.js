import { el, keyed, setAttribute } from "./dom.js";

/** @import { EdgeProxyState } from "@edgekit/edge-proxy" */

/** Asks where a flow would go, and shows the answer as it comes. */
export class Explain {
  #form;
  #places;

  /** @param {HTMLFormElement} form @param {Element} places the choices of where to */
  constructor(form, places) {
    this.#form = form;
    this.#places = places;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
  }

  /** @param {EdgeProxyState} state */
  update({ listeners }) {
    const places = listeners.map(({ address, port }) =>
      address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
    );
    keyed(this.#places, places, String, (value) => ({ node: el("option", { value }), update() {} }));
  }

  async #ask() {
    const { from, to, answer } = /** @type {Record<string, HTMLInputElement>} */ (
      /** @type {unknown} */ (this.#form.elements)
    );
    const query = new URLSearchParams({ from: from?.value ?? "", to: to?.value ?? "" });
    const { text, isBad } = await asked(`/explain?${query}`);
    if (answer === undefined) return;
    setAttribute(answer, "data-kind", isBad ? "bad" : "good");
    answer.replaceChildren(el("pre", { tabindex: "0" }, text));
  }
}

/** @param {string} url */
async function asked(url) {
  try {
    const response = await fetch(url);
    const answer = await response.json();
    if (!response.ok) return { text: String(answer.error), isBad: true };
    return { text: JSON.stringify(answer, null, 2), isBad: false };
  } catch (error) {
    return { text: `Nobody answered: ${error}`, isBad: true };
  }
}
