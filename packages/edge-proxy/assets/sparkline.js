const namespace = "http://www.w3.org/2000/svg";
const width = 96;
const height = 24;
/** Two minutes at one sample a second. */
const samples = 120;

/**
 * A small chart of the last two minutes, without axes: the number beside it says where it stands now. It begins at zero, and its
 * top is the largest value in it.
 */
export class Sparkline {
  /** @type {SVGSVGElement} */
  node;
  /** @type {number[]} */
  #values = [];
  #line = document.createElementNS(namespace, "path");
  #area = document.createElementNS(namespace, "path");

  constructor() {
    this.node = document.createElementNS(namespace, "svg");
    this.node.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.node.setAttribute("class", "sparkline");
    this.node.setAttribute("preserveAspectRatio", "none");
    this.node.setAttribute("aria-hidden", "true");
    this.#area.setAttribute("class", "area");
    this.#line.setAttribute("class", "line");
    this.node.append(this.#area, this.#line);
  }

  /** @param {number} value */
  add(value) {
    this.#values.push(value);
    if (this.#values.length > samples) this.#values.shift();
    const top = Math.max(1, ...this.#values);
    const step = width / (samples - 1);
    const first = samples - this.#values.length;
    const y = (/** @type {number} */ at) => (height - 1.5 - (at / top) * (height - 3)).toFixed(1);
    const points = this.#values.map((at, i) => `${((first + i) * step).toFixed(1)} ${y(at)}`);
    this.#line.setAttribute("d", `M${points.join("L")}`);
    this.#area.setAttribute("d", `M${(first * step).toFixed(1)} ${height}L${points.join("L")}L${width} ${height}Z`);
  }
}

/** Turns a number that only grows into a rate. */
export class Meter {
  /** @type {number | undefined} */
  #last;

  /**
   * @param {number} total
   * @param {number} seconds since the call before
   * @returns {number} per second; 0 at first
   */
  perSecond(total, seconds) {
    const last = this.#last;
    this.#last = total;
    return last === undefined || seconds <= 0 ? 0 : Math.max(0, total - last) / seconds;
  }
}
