/** @import { EdgeProxyState } from "@edgekit/edge-proxy" */

/**
 * What somebody should know before anything else.
 * @param {EdgeProxyState} state
 */
export function noticesOf({
  readiness,
  config,
  warnings,
  timeScale,
  loadBalancers,
  targetGroups,
  listeners,
  flows,
  limits,
}) {
  const notices = readiness.reasons.map((reason) => ({ kind: "bad", text: `Not ready: ${reason}.` }));
  if (!config.succeeded && config.appliedAtSeconds > 0) {
    notices.push({ kind: "bad", text: "The last config could not be applied; the one before it is in force." });
  }
  if (flows.active >= limits.maxFlows)
    notices.push({ kind: "bad", text: "At the limit of flows: new clients are turned away." });
  for (const warning of warnings) notices.push({ kind: "warn", text: `In the config: ${warning}` });
  if (timeScale !== 1) {
    notices.push({ kind: "info", text: `Time scale ${timeScale}: every configured duration is multiplied by it.` });
  }
  if (loadBalancers.length === 0 && targetGroups.length === 0) {
    const how = `Put them into the config file, or make them with aws elbv2 --endpoint-url ${location.origin}`;
    notices.push({
      kind: "info",
      text: `The config is empty: there is no load balancer and no target group yet. ${how}`,
    });
  } else if (listeners.length === 0) {
    notices.push({ kind: "info", text: "No listener is configured, so no client can connect." });
  }
  return notices;
}
