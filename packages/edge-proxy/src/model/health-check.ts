import type { Problem } from "./problem.ts";

/** How the targets of a group are checked. Source: AWS, "Health checks for Network Load Balancer target groups". */
export interface HealthCheck {
  readonly protocol: "TCP" | "HTTP" | "HTTPS";
  /** `traffic-port`: the port that the target is registered with. */
  readonly port: number | "traffic-port";
  /** Of the request; null for TCP. */
  readonly path: string | null;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Consecutive successes that make an unhealthy target healthy; a new one needs a single success. */
  readonly healthyThreshold: number;
  /** Consecutive failures that make a target unhealthy. */
  readonly unhealthyThreshold: number;
  /** Status codes that count as success, e.g. `200-399` or `200,202`; null for TCP. */
  readonly matcher: string | null;
}

/** What a user may leave out. */
export type HealthCheckInput = { readonly [Key in keyof HealthCheck]?: NonNullable<HealthCheck[Key]> | undefined };

/** AWS's, and its names for what they limit. */
export const healthCheckRanges = {
  intervalSeconds: { min: 5, max: 300, name: "interval" },
  timeoutSeconds: { min: 2, max: 120, name: "timeout" },
  healthyThreshold: { min: 2, max: 10, name: "healthy threshold count" },
  unhealthyThreshold: { min: 2, max: 10, name: "unhealthy threshold count" },
} as const;

/** Fills in AWS's defaults; which one the timeout has depends on the protocol. */
export function completeHealthCheck(input: HealthCheckInput): HealthCheck {
  const protocol = input.protocol ?? "TCP";
  const http = protocol !== "TCP";
  return {
    protocol,
    port: input.port ?? "traffic-port",
    path: http ? (input.path ?? "/") : null,
    intervalSeconds: input.intervalSeconds ?? 30,
    timeoutSeconds: input.timeoutSeconds ?? (protocol === "HTTP" ? 6 : 10),
    healthyThreshold: input.healthyThreshold ?? 5,
    unhealthyThreshold: input.unhealthyThreshold ?? 2,
    matcher: http ? (input.matcher ?? "200-399") : null,
  };
}

/** What AWS would refuse, in its words where they are known. */
export function checkHealthCheck(input: HealthCheckInput): Problem[] {
  const problems: Problem[] = [];
  const complain = (key: keyof HealthCheck, message: string): void => {
    problems.push({ path: [key], message });
  };
  for (const [key, { min, max, name }] of Object.entries(healthCheckRanges) as [
    keyof typeof healthCheckRanges,
    (typeof healthCheckRanges)["timeoutSeconds"],
  ][]) {
    const value = input[key];
    if (value !== undefined && !(Number.isInteger(value) && value >= min && value <= max)) {
      complain(key, `Health check ${name} '${value}' must be between '${min}-${max}' inclusive`);
    }
  }
  const { port, path, matcher } = input;
  if (port !== undefined && port !== "traffic-port" && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    complain("port", healthCheckPortProblem(port));
  }
  const complete = completeHealthCheck(input);
  if (complete.protocol === "TCP") {
    if (path !== undefined) complain("path", "Health check paths are not supported for TCP health checks");
    if (matcher !== undefined) complain("matcher", "Health check matchers are not supported for TCP health checks");
  }
  if (path !== undefined && (!path.startsWith("/") || path.length > 1024 || /[\s\0]/.test(path))) {
    complain("path", `Health check path '${path}' must begin with '/', have no spaces and at most 1024 characters`);
  }
  if (matcher !== undefined) {
    const wrong = wrongMatcherCode(matcher);
    if (wrong !== undefined)
      complain("matcher", `Health check matcher HTTP code '${wrong}' must be within '200-599' inclusive`);
  }
  if (complete.timeoutSeconds > complete.intervalSeconds) {
    complain(
      input.timeoutSeconds === undefined ? "intervalSeconds" : "timeoutSeconds",
      `Health check timeout '${complete.timeoutSeconds}' must be smaller than or equal to the interval '${complete.intervalSeconds}'`,
    );
  }
  return problems;
}

/** In AWS's words. */
export function healthCheckPortProblem(port: number | string): string {
  return `Health check port '${port}' must be within '1-65535' or 'traffic-port'`;
}

/** The first code or range of a matcher that is not within 200–599, or undefined. */
function wrongMatcherCode(matcher: string): string | undefined {
  return matcher.split(",").find((part) => {
    const range = /^([2-5]\d\d)(?:-([2-5]\d\d))?$/.exec(part.trim());
    return range === null || (range[2] !== undefined && Number(range[2]) < Number(range[1]));
  });
}
