import { el, setAttribute, setText } from "./dom.js";
import { bytes, count, rate } from "./numbers.js";
import { Meter, Sparkline } from "./sparkline.js";

/** @import { EdgeProxyState } from "@edgekit/edge-proxy" */

/** The tiles at the top: how much goes through, and whether anything is wrong. */
export class Overview {
  #opened = new Meter();
  #fromClients = new Meter();
  #fromTargets = new Meter();
  #flows = tile("Flows now", true);
  #new = tile("New flows", true);
  #in = tile("From clients", true);
  #out = tile("From targets", true);
  #targets = tile("Healthy targets", false);
  #refused = tile("Clients turned away", false);

  /** @param {Element} container */
  constructor(container) {
    const tiles = [this.#flows, this.#new, this.#in, this.#out, this.#targets, this.#refused];
    container.replaceChildren(...tiles.map(({ node }) => node));
  }

  /** @param {EdgeProxyState} state @param {number} seconds since the last one */
  update(state, seconds) {
    const { flows, limits, bytes: carried } = state;
    this.#flows.show(count(flows.active), `of ${count(limits.maxFlows)}`, flows.active);
    const opened = this.#opened.perSecond(flows.flowsOpened, seconds);
    this.#new.show(`${rate(opened)}/s`, `${count(flows.flowsOpened)} since the start`, opened);
    const fromClients = this.#fromClients.perSecond(carried.fromClients, seconds);
    this.#in.show(`${bytes(fromClients)}/s`, `${bytes(carried.fromClients)} since the start`, fromClients);
    const fromTargets = this.#fromTargets.perSecond(carried.fromTargets, seconds);
    this.#out.show(`${bytes(fromTargets)}/s`, `${bytes(carried.fromTargets)} since the start`, fromTargets);
    const { healthy, all } = countTargets(state);
    const isOpen = state.targetGroups.some(({ zones }) => zones.some(({ failOpen }) => failOpen));
    this.#targets.show(count(healthy), `of ${count(all)}${isOpen ? " · failing open" : ""}`);
    setAttribute(this.#targets.node, "data-kind", healthy < all ? "warn" : undefined);
    const refused = Object.values(flows.refused).reduce((sum, number) => sum + number, 0);
    this.#refused.show(count(refused), "since the start");
    setAttribute(this.#refused.node, "data-kind", refused > 0 ? "warn" : undefined);
  }
}

/** @param {EdgeProxyState} state */
function countTargets({ targetGroups }) {
  let healthy = 0;
  let all = 0;
  for (const { states } of targetGroups) {
    // Targets whose checks are switched off get new flows as healthy ones do.
    healthy += (states.healthy ?? 0) + (states.unavailable ?? 0);
    for (const number of Object.values(states)) all += number;
  }
  return { healthy, all };
}

/** @param {string} title @param {boolean} hasChart */
function tile(title, hasChart) {
  const value = el("strong");
  const note = el("span", { class: "muted" });
  const chart = new Sparkline();
  const node = el("div", { class: "tile" }, el("dt", {}, title), el("dd", {}, value, " ", note));
  if (hasChart) node.lastElementChild?.append(chart.node);
  return {
    node,
    /** @param {string} text @param {string} rest @param {number} [point] */
    show(text, rest, point) {
      setText(value, text);
      setText(note, rest);
      if (point !== undefined) chart.add(point);
    },
  };
}
