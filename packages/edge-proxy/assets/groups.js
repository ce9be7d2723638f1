import { el, keyed, setText } from "./dom.js";
import { count } from "./numbers.js";
import { targetColumns, targetRow } from "./target-row.js";
import { healthCheck } from "./words.js";

/** @import { EdgeProxyState, TargetGroupState } from "@edgekit/edge-proxy" */

/** @typedef {{ group: TargetGroupState, state: EdgeProxyState, seconds: number }} GroupItem */

/**
 * A target group with the table of its targets.
 * @param {GroupItem} item
 * @returns {import("./dom.js").View<GroupItem>}
 */
export function groupCard({ group: { name } }) {
  const summary = el("p", { class: "summary" });
  const facts = el("ul", { class: "tags" });
  const check = el("p", { class: "muted" });
  const open = el("p", { class: "notice", "data-kind": "warn" });
  const rows = el("tbody");
  const more = el("p", { class: "muted more" });
  const table = el(
    "table",
    { class: "targets" },
    el("caption", { class: "sr-only" }, `Targets of ${name}`),
    el("thead", {}, el("tr", {}, ...targetColumns.map((title) => el("th", { scope: "col" }, title)))),
    rows,
  );
  const node = el(
    "article",
    { class: "card", "data-group": name },
    el("div", { class: "card-head" }, el("h3", {}, name), summary, facts),
    check,
    open,
    table,
    more,
  );

  return {
    node,
    update({ group, state, seconds }) {
      setText(summary, summaryOf(group));
      keyed(facts, tagsOf(group), String, tag);
      setText(check, `Health check: ${healthCheck(group, state.timeScale)}.`);
      const zones = group.zones.filter(({ failOpen }) => failOpen).map(({ name }) => name);
      open.hidden = zones.length === 0;
      setText(open, open.hidden ? "" : failOpen(zones));
      const shown = group.targets;
      const items = shown.map((target) => ({ target, group, at: state.at, seconds }));
      keyed(rows, items, ({ target }) => target.key, targetRow);
      table.hidden = shown.length === 0;
      const hidden = Object.values(group.states).reduce((sum, number) => sum + number, 0) - shown.length;
      setText(
        more,
        shown.length === 0
          ? "No target is registered."
          : hidden === 0
            ? ""
            : `${count(hidden)} more targets are in /api/state.`,
      );
      more.hidden = more.textContent === "";
    },
  };
}

/** @param {string} text @returns {import("./dom.js").View<string>} */
function tag(text) {
  return { node: el("li", {}, text), update() {} };
}

/** @param {readonly string[]} zones */
function failOpen(zones) {
  const where = zones.length === 1 && zones[0] === "all" ? "" : ` in ${zones.join(", ")}`;
  return `Fails open${where}: too few targets are healthy, so new flows go to all of them.`;
}

/** @param {TargetGroupState} group */
function summaryOf({ states }) {
  return Object.entries(states)
    .map(([state, number]) => `${count(number)} ${state}`)
    .join(" · ");
}

/** @param {TargetGroupState} group */
function tagsOf({ loadBalancer, attributes }) {
  return [
    loadBalancer === null ? "no listener uses it" : `used by ${loadBalancer}`,
    ...(attributes.proxyProtocolV2 ? ["PROXY protocol v2"] : []),
    ...(attributes.preserveClientIp ? ["client address preserved"] : []),
    ...(attributes.stickiness ? ["sticky by client address"] : []),
  ];
}
