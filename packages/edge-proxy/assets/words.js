import { milliseconds, span } from "./numbers.js";

/** @import { EdgeProxyState, TargetGroupState, TargetState } from "@edgekit/edge-proxy" */

/**
 * How a state looks: a shape and a colour, never a colour alone.
 * @type {Record<string, { kind: "good" | "bad" | "going" | "coming" | "idle", shape: string }>}
 */
export const looks = {
  healthy: { kind: "good", shape: "✓" },
  unhealthy: { kind: "bad", shape: "✕" },
  "unhealthy.draining": { kind: "bad", shape: "✕" },
  draining: { kind: "going", shape: "↓" },
  initial: { kind: "coming", shape: "…" },
  unused: { kind: "idle", shape: "–" },
  unavailable: { kind: "idle", shape: "?" },
};

/**
 * Why a target is in its state, and what that means for flows.
 * @param {TargetState} target
 * @param {boolean} failsOpen
 */
export function reason({ TargetHealth, byHand, isConfigured, drainingEndsInSeconds }, failsOpen) {
  const left = drainingEndsInSeconds === undefined ? "" : `; its flows have ${span(drainingEndsInSeconds)} to end`;
  switch (TargetHealth.Reason) {
    case undefined:
      return "gets new flows";
    case "Elb.RegistrationInProgress":
      return "registered, its first check is due";
    case "Elb.InitialHealthChecking":
      return "is being checked for the first time";
    case "Target.FailedHealthChecks":
      return failsOpen
        ? `failed its health checks, and gets flows all the same${left}`
        : `failed its health checks${left}`;
    case "Target.DeregistrationInProgress":
      return `${isConfigured ? "drained by hand" : "is not in the config any more"}${left}`;
    case "Target.NotRegistered":
      return byHand.drained ? "drained by hand; Ready takes it back" : "is not registered";
    default:
      return TargetHealth.Description ?? TargetHealth.Reason;
  }
}

/** @param {TargetState} target */
export function lastCheck({ lastCheck }) {
  if (lastCheck === undefined) return "none yet";
  const { outcome, detail, durationMs } = lastCheck;
  const verdict = { ok: "passed", failed: "failed", inconclusive: "inconclusive" }[outcome];
  return `${verdict}${detail === undefined ? "" : `: ${detail}`} (${milliseconds(durationMs)})`;
}

/** @param {TargetGroupState} group */
export function healthCheck({ healthCheck }, timeScale = 1) {
  const { protocol, port, path, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold, matcher } =
    healthCheck;
  const what = path === null ? protocol : `${protocol} ${path} expecting ${matcher}`;
  const where = port === "traffic-port" ? "its own port" : `port ${port}`;
  const seconds = (/** @type {number} */ configured) => milliseconds(configured * 1000 * timeScale);
  return (
    `${what} on ${where}, every ${seconds(intervalSeconds)}, timeout ${seconds(timeoutSeconds)}; ` +
    `${unhealthyThreshold} failures take a target out, ${healthyThreshold} passes bring it back`
  );
}

/**
 * What targets see of a load balancer's clients.
 * @param {string} loadBalancer
 * @param {EdgeProxyState} state
 */
export function clientIp(loadBalancer, { clientIp }) {
  const choice = clientIp[loadBalancer];
  if (choice === undefined) return "Targets see the node's address: no target group preserves client addresses.";
  const sees = {
    transparent: "Targets see each client's own address and port",
    loopback: "Targets see the address of clients inside 127.0.0.0/8, of others the node's",
    off: "Targets see the node's address",
  };
  return `${sees[choice.way]}: ${choice.why}.`;
}

const sides = { client: "the client", target: "the target", proxy: "edge-proxy" };
/** @type {Record<string, string>} */
const kinds = {
  fin: "closed it",
  rst: "reset it",
  timeout: "timed out",
  drain: "is shutting down",
  deregistered: "ended it: the deregistration delay was over",
  "weight-zero": "ended it: the target group's weight became 0",
  unhealthy: "ended it: the target was unhealthy",
  "no-target": "had no target",
  "port-allocation": "had no source port left",
  "worker-lost": "lost it with the worker process that carried it",
  "source-collision": "had that source address and port in use",
  error: "failed",
};
/** @type {Record<string, string>} */
const closes = {
  "proxy.timeout": "nothing moved for the idle timeout",
  "target.timeout": "the target did not accept in time",
  "target.error": "the target could not be reached",
  "refused.limit": "turned away: as many flows as there may be",
  "refused.source_limit": "turned away: as many flows as one client may have",
  "refused.dead_on_arrival": "the client had gone before anybody looked",
  "refused.no_target": "turned away: the target group is empty",
  "refused.port_allocation": "turned away: no source port left",
  "refused.hairpin": "turned away: the client is the target itself",
};

/**
 * Why a flow ended.
 * @param {string} close `side.kind`
 */
export function closeReason(close) {
  const [side = "", kind = ""] = close.split(".");
  const who = /** @type {Record<string, string>} */ (sides)[side] ?? side;
  return closes[close] ?? `${who} ${kinds[kind] ?? kind}`;
}
