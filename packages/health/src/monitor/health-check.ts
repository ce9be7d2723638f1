import { HealthError } from "../error.ts";
import { checkCount, checkDuration } from "../settings.ts";
import { parseMatcher } from "./matcher.ts";
import { isPort } from "./target.ts";

/**
 * How the targets of a group are checked. Defaults are AWS's for a TCP target group of a Network Load Balancer; AWS's
 * ranges are not enforced (see `HealthSettings`).
 *
 * Source: NLB user guide, "Health check settings".
 */
export interface HealthCheck {
  /** `HealthCheckEnabled`. Default true. */
  readonly enabled: boolean;
  /** `HealthCheckProtocol`. Default `"TCP"`: a handshake, then close. */
  readonly protocol: "TCP" | "HTTP" | "HTTPS";
  /** `HealthCheckPort`. Default `"traffic-port"`: each target's own. */
  readonly port: number | "traffic-port";
  /** `HealthCheckPath`, for HTTP and HTTPS. Default `"/"`. */
  readonly path: string;
  /** `Matcher.HttpCode`, for HTTP and HTTPS. Default `"200-399"`; redirects are not followed. */
  readonly matcher: string;
  /** `HealthCheckIntervalSeconds`, in ms, from start to start. Above 0; AWS: 5–300 s, default 30 000. */
  readonly intervalMs: number;
  /** `HealthCheckTimeoutSeconds`, in ms, for the whole check. Above 0; AWS: 2–120 s, default HTTP 6 000, TCP and HTTPS 10 000. */
  readonly timeoutMs: number;
  /** `HealthyThresholdCount`. AWS: 2–10, default 5. */
  readonly healthyThreshold: number;
  /** `UnhealthyThresholdCount`. AWS: 2–10, default 2. */
  readonly unhealthyThreshold: number;
  /** The `Host` header. An NLB sends its node's address and the listener's port. Default: the address and port checked. */
  readonly host: string | undefined;
  /** The source address of checks. Default: the system's choice. */
  readonly localAddress: string | undefined;
  /** Bytes to write before anything else, also before TLS: the PROXY header of an NLB's health check. Default: none. */
  readonly prologue: Uint8Array | undefined;
}

/** What may be left out, and what may be given as `undefined` for its default. */
export type HealthCheckOptions = { readonly [Key in keyof HealthCheck]?: HealthCheck[Key] | undefined };

/**
 * The defaults with some values replaced, checked.
 * @throws {HealthError} `HEALTH_INVALID_SETTING`, `HEALTH_INVALID_MATCHER`.
 */
export function healthCheck(options: HealthCheckOptions = {}): HealthCheck {
  const protocol = options.protocol ?? "TCP";
  const check: HealthCheck = {
    enabled: options.enabled ?? true,
    protocol,
    port: options.port ?? "traffic-port",
    path: options.path ?? "/",
    matcher: options.matcher ?? "200-399",
    intervalMs: options.intervalMs ?? 30_000,
    timeoutMs: options.timeoutMs ?? (protocol === "HTTP" ? 6_000 : 10_000),
    healthyThreshold: options.healthyThreshold ?? 5,
    unhealthyThreshold: options.unhealthyThreshold ?? 2,
    host: options.host,
    localAddress: options.localAddress,
    prologue: options.prologue,
  };
  if (!["TCP", "HTTP", "HTTPS"].includes(protocol)) refuse(`protocol "${protocol}" is not TCP, HTTP or HTTPS`);
  if (check.port !== "traffic-port" && !isPort(check.port)) refuse(`port ${check.port} is none`);
  if (!/^\/[\x21-\x7e]*$/.test(check.path)) refuse(`path "${check.path}" is not an absolute path of visible ASCII`);
  if (check.host !== undefined && !/^[\x21-\x7e]+$/.test(check.host)) refuse(`host "${check.host}" is not a host`);
  parseMatcher(check.matcher);
  checkPositive("intervalMs", check.intervalMs);
  checkPositive("timeoutMs", check.timeoutMs);
  checkCount("healthyThreshold", check.healthyThreshold);
  checkCount("unhealthyThreshold", check.unhealthyThreshold);
  return Object.freeze(check);
}

function checkPositive(name: string, value: number): void {
  checkDuration(name, value);
  if (value === 0) refuse(`${name} must be above 0`);
}

function refuse(message: string): never {
  throw new HealthError("HEALTH_INVALID_SETTING", message);
}
