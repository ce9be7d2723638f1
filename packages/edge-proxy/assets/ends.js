import { el, keyed, setText } from "./dom.js";
import { bytes, count, milliseconds, timeOfDay } from "./numbers.js";
import { closeReason } from "./words.js";

/** @import { EdgeProxyState, FlowEnd } from "@edgekit/edge-proxy" */

const shown = 12;

/** Why flows ended: all of them counted, and the last ones one by one. */
export class Ends {
  #counts = el("ul", { class: "counts" });
  #rows = el("tbody");
  #table = el(
    "table",
    { class: "compact" },
    el("caption", {}, "The last ones"),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        ...["Time", "Client", "Target", "Why", "In / out", "Lasted"].map((title) => el("th", { scope: "col" }, title)),
      ),
    ),
    this.#rows,
  );
  #none = el("p", { class: "muted more" }, "None has ended yet.");

  /** @param {Element} container */
  constructor(container) {
    container.replaceChildren(el("div", { class: "card" }, this.#counts, this.#table, this.#none));
  }

  /** @param {EdgeProxyState} state */
  update({ flows, recentEnds }) {
    const refused = Object.entries(flows.refused).map(
      ([reason, number]) => /** @type {const} */ ([`refused.${reason}`, number]),
    );
    const counts = [...Object.entries(flows.closed), ...refused].filter(([, number]) => number > 0);
    counts.sort(([, a], [, b]) => b - a);
    keyed(this.#counts, counts, ([close]) => close, countItem);
    keyed(this.#rows, recentEnds.slice(0, shown), ({ flow }) => String(flow), endRow);
    this.#table.hidden = recentEnds.length === 0;
    this.#counts.hidden = counts.length === 0;
    this.#none.hidden = recentEnds.length > 0;
  }
}

/** @param {readonly [string, number]} item @returns {import("./dom.js").View<readonly [string, number]>} */
function countItem([close]) {
  const number = el("strong");
  const node = el("li", { title: close }, number, ` ${closeReason(close)}`);
  return { node, update: ([, value]) => setText(number, count(value)) };
}

/** @param {FlowEnd} end @returns {import("./dom.js").View<FlowEnd>} */
function endRow(end) {
  const went = end.target === null ? "–" : end.target;
  const why = `${closeReason(end.close)}${end.errno === null ? "" : ` (${end.errno})`}`;
  /** @type {[string, string, string][]} */
  const cells = [
    ["Client", end.client ?? "–", "mono"],
    ["Target", went, "mono"],
    ["Why", why, ""],
    ["In / out", `${bytes(end.bytesFromClient)} / ${bytes(end.bytesFromTarget)}`, ""],
    ["Lasted", milliseconds(end.durationSeconds * 1000), ""],
  ];
  const node = el(
    "tr",
    { "data-close": end.close },
    el("th", { scope: "row", "data-label": "Time" }, timeOfDay(end.at)),
    ...cells.map(([label, text, name]) => el("td", { "data-label": label, class: name }, text)),
  );
  return { node, update() {} };
}
