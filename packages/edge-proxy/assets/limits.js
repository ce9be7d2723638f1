import { el, keyed, setText } from "./dom.js";
import { count } from "./numbers.js";

/** @import { EdgeProxyState } from "@edgekit/edge-proxy" */

/**
 * What this process can carry, and how much of that is used.
 * @param {Element} container
 * @param {EdgeProxyState} state
 */
export function showLimits(container, { limits, flows, logLinesDropped, node, config }) {
  /** @type {[string, string][]} */
  const facts = [
    [
      "Flows",
      `${count(flows.active)} of ${count(limits.maxFlows)} (${Math.round((flows.active / limits.maxFlows) * 100)} %)`,
    ],
    [
      limits.processes === 1 ? "File descriptors" : "File descriptors of each worker",
      `${count(limits.fileDescriptors)}: two for each flow, ${count(limits.reserved)} for everything else`,
    ],
    ["Flow log lines dropped", count(logLinesDropped)],
    ["Errors of observers", count(flows.observerErrors)],
    [
      "Config applied",
      config.appliedAtSeconds === 0 ? "not yet" : new Date(config.appliedAtSeconds * 1000).toLocaleString("en-GB"),
    ],
    ["Node.js", node],
  ];
  keyed(container, facts, ([name]) => name, fact);
}

/** A name and what there is to say of it. @param {readonly [string, string]} item @returns {import("./dom.js").View<readonly [string, string]>} */
export function fact([name]) {
  const value = el("dd");
  return { node: el("div", {}, el("dt", {}, name), value), update: ([, text]) => setText(value, text) };
}
