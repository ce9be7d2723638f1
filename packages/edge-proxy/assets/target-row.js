import { actions } from "./actions.js";
import { el, setAttribute, setText } from "./dom.js";
import { bytes, count, rate, span } from "./numbers.js";
import { Meter, Sparkline } from "./sparkline.js";
import { lastCheck, looks, reason } from "./words.js";

/** @import { TargetGroupState, TargetState } from "@edgekit/edge-proxy" */

/** @typedef {{ target: TargetState, group: TargetGroupState, at: string, seconds: number }} TargetItem */

export const targetColumns = ["Target", "State", "Last health check", "Flows", "Bytes/s", "By hand"];

/**
 * One target in the table of its group.
 * @param {TargetItem} item
 * @returns {import("./dom.js").View<TargetItem>}
 */
export function targetRow({ target: { key }, group: { name } }) {
  const where = el("span", { class: "place" });
  const shape = el("span", { class: "shape", "aria-hidden": "true" });
  const word = el("span", { class: "word" });
  const why = el("p", { class: "why" });
  const forced = el("p", { class: "forced" });
  const check = el("p", { class: "check" });
  const checkedAt = el("p", { class: "checked-at" });
  const flows = el("strong");
  const flowsPerSecond = el("span", { class: "muted" });
  const flowChart = new Sparkline();
  const carried = el("strong");
  const byteChart = new Sparkline();
  const drain = el("button", { type: "button" });
  const force = el(
    "select",
    { "aria-label": `Health checks of ${key} of ${name}` },
    el("option", { value: "none" }, "Real checks"),
    el("option", { value: "healthy" }, "Force healthy"),
    el("option", { value: "unhealthy" }, "Force unhealthy"),
  );
  const hand = el("div", { class: "hand" }, drain, force);
  const cells = [
    el("th", { scope: "row" }, el("span", { class: "mono" }, key), where),
    el("td", {}, el("p", { class: "state" }, shape, word), why, forced),
    el("td", {}, check, checkedAt),
    el("td", { class: "number" }, el("p", {}, flows, flowsPerSecond), flowChart.node),
    el("td", { class: "number" }, el("p", {}, carried), byteChart.node),
    el("td", {}, hand),
  ];
  // On a phone the head of the table is gone, and each cell says what it is.
  for (const [i, cell] of cells.entries()) cell.dataset.label = targetColumns[i] ?? "";
  const node = el("tr", { "data-target": key }, ...cells);
  const opened = new Meter();
  const moved = new Meter();
  let isDrained = false;
  drain.addEventListener("click", () => (isDrained ? actions.ready(name, key) : actions.drain(name, key)));
  force.addEventListener("change", () => actions.force(name, key, force.value));

  return {
    node,
    update({ target, group, at, seconds }) {
      const { State } = target.TargetHealth;
      const look = looks[State] ?? { kind: "idle", shape: "?" };
      const zone = target.Target.AvailabilityZone ?? "all";
      const failsOpen = group.zones.some((verdict) => verdict.failOpen && (zone === "all" || zone === verdict.name));
      setAttribute(node, "data-kind", look.kind);
      setText(where, zone === "all" ? "every zone" : `zone ${zone}`);
      setText(shape, look.shape);
      setText(word, State);
      setText(why, reason(target, failsOpen));
      forced.hidden = target.byHand.forced === null;
      setText(forced, target.byHand.forced === null ? "" : `health checks forced: ${target.byHand.forced}`);
      setText(check, lastCheck(target));
      setAttribute(check, "data-outcome", target.lastCheck?.outcome);
      const ago = target.lastCheck && (Date.parse(at) - Date.parse(target.lastCheck.at)) / 1000;
      setText(checkedAt, ago === undefined ? "" : `${span(ago)} ago`);
      setText(flows, count(target.flows.active));
      setText(flowsPerSecond, ` +${rate(opened.perSecond(target.flows.opened, seconds))}/s`);
      flowChart.add(target.flows.active);
      const bytesPerSecond = moved.perSecond(target.flows.bytesFromClients + target.flows.bytesFromTargets, seconds);
      setText(carried, `${bytes(bytesPerSecond)}/s`);
      byteChart.add(bytesPerSecond);
      isDrained = target.byHand.drained;
      setText(drain, isDrained ? "Ready" : "Drain");
      setAttribute(drain, "aria-label", `${isDrained ? "Ready" : "Drain"} ${key} of ${name}`);
      hand.hidden = !target.isConfigured;
      // While somebody chooses, the list stays as it is.
      if (document.activeElement !== force) force.value = target.byHand.forced ?? "none";
    },
  };
}
