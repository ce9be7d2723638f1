import { el, keyed, setText } from "./dom.js";
import { clientIp } from "./words.js";

/** @import { EdgeProxyState, ListeningAt } from "@edgekit/edge-proxy" */

/** @typedef {{ name: string, state: EdgeProxyState }} BalancerItem */

const columns = ["Address", "Zone", "Clients enter by", "New flows go to"];

/**
 * A load balancer and the addresses where it listens.
 * @param {BalancerItem} item
 * @returns {import("./dom.js").View<BalancerItem>}
 */
export function balancerCard({ name }) {
  const summary = el("p", { class: "summary" });
  const dns = el("p", { class: "muted" });
  const client = el("p", { class: "muted" });
  const rows = el("tbody");
  const table = el(
    "table",
    {},
    el("caption", { class: "sr-only" }, `Addresses of ${name}`),
    el("thead", {}, el("tr", {}, ...columns.map((title) => el("th", { scope: "col" }, title)))),
    rows,
  );
  const none = el("p", { class: "muted more" }, "It has no listener.");
  const head = el("div", { class: "card-head" }, el("h3", {}, name), summary);
  return {
    node: el("article", { class: "card", "data-balancer": name }, head, dns, client, table, none),
    update({ state }) {
      const listeners = state.listeners.filter(({ loadBalancer }) => loadBalancer === name);
      const balancer = state.loadBalancers.find((candidate) => candidate.name === name);
      const zones = balancer?.zones.length ?? 0;
      setText(summary, `${zones} ${zones === 1 ? "zone" : "zones"} · cross-zone ${balancer?.crossZone ? "on" : "off"}`);
      const position = state.loadBalancers.findIndex((candidate) => candidate.name === name);
      setText(
        dns,
        state.dns === undefined ? "" : `${state.dns.names[position]}, as the DNS server on port ${state.dns.port} says`,
      );
      setText(client, clientIp(name, state));
      keyed(rows, listeners, ({ address, port }) => `${address} ${port}`, listenerRow);
      table.hidden = listeners.length === 0;
      none.hidden = listeners.length > 0;
    },
  };
}

/** @param {ListeningAt} listener @returns {import("./dom.js").View<ListeningAt>} */
function listenerRow({ address, port }) {
  const where = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  const zone = el("td", { "data-label": "Zone" });
  const via = el("td", { "data-label": "Clients enter by" });
  const groups = el("td", { "data-label": "New flows go to" });
  const node = el(
    "tr",
    {},
    el("th", { scope: "row", class: "mono", "data-label": "Address" }, where),
    zone,
    via,
    groups,
  );
  return {
    node,
    update({ zone: name, vpcEndpointId, targetGroups, protocol }) {
      setText(zone, name);
      setText(via, vpcEndpointId === undefined ? `listener, ${protocol}` : `VPC endpoint ${vpcEndpointId}`);
      setText(groups, targetGroups.map(({ name, weight }) => share(name, weight, targetGroups)).join(", "));
    },
  };
}

/** @param {string} name @param {number} weight @param {ListeningAt["targetGroups"]} all */
function share(name, weight, all) {
  if (all.length === 1) return name;
  const total = all.reduce((sum, group) => sum + group.weight, 0);
  return `${name} ${total === 0 ? 0 : Math.round((weight / total) * 100)} %`;
}
