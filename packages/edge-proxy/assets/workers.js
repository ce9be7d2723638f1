import { keyed } from "./dom.js";
import { fact } from "./limits.js";
import { count } from "./numbers.js";

/** @import { EdgeProxyState } from "@edgekit/edge-proxy" */

/**
 * The processes that carry the flows, where that is not the one that answers.
 * @param {HTMLElement} section hidden without any
 * @param {Element} container
 * @param {EdgeProxyState} state
 */
export function showWorkers(section, container, { workers }) {
  section.hidden = workers.length === 0;
  const facts = workers.map(({ pid, flows, restarts }, i) => {
    const process = pid === null ? "has ended, the next one is about to start" : `process ${pid}, ${flowsOf(flows)}`;
    const before = restarts === 0 ? "" : `; replaced ${restarts === 1 ? "once" : `${count(restarts)} times`}`;
    return /** @type {[string, string]} */ ([`Worker ${i}`, process + before]);
  });
  keyed(container, facts, ([name]) => name, fact);
}

/** @param {number} flows */
function flowsOf(flows) {
  return `${count(flows)} ${flows === 1 ? "flow" : "flows"}`;
}
