import type { Refusal } from "./refusal.ts";

const validation = "ValidationError";

function createGroup(message: Refusal["message"], input: object, code?: string): Refusal {
  const common = { Name: "new", Protocol: "TCP", Port: 80, VpcId: "vpc-0", TargetType: "ip" };
  const refusal = { call: "createTargetGroup", input: () => ({ ...common, ...input }), message } as const;
  return code === undefined ? refusal : { ...refusal, code };
}

const long = "x".repeat(33);
const names = /: \(\?!\^-\)\(\?!\.\*-\$\)\^\[A-Za-z0-9-\]\+\$$/;

export const groupRefusals: readonly Refusal[] = [
  createGroup("A protocol must be specified", { Protocol: undefined }, validation),
  createGroup("A port must be specified", { Port: undefined }, validation),
  createGroup("A VPC ID must be specified", { VpcId: undefined }, validation),
  createGroup(`Target group name '${long}' cannot be longer than '32' characters`, { Name: long }, validation),
  createGroup(names, { Name: "-a-" }, validation),
  createGroup("Health check protocol 'UDP' must be one of 'HTTP, HTTPS, TCP'", { HealthCheckProtocol: "UDP" }),
  createGroup("Health check paths are not supported for TCP health checks", { HealthCheckPath: "/" }),
  createGroup("Health check port '65536' must be within '1-65535' or 'traffic-port'", { HealthCheckPort: "65536" }),
  createGroup("Health check port 'http' must be within '1-65535' or 'traffic-port'", { HealthCheckPort: "http" }),
  createGroup(/: Value '1.5' at 'healthCheckIntervalSeconds' failed .*: Member must be a whole number$/, {
    HealthCheckIntervalSeconds: 1.5,
  }),
  createGroup("Health check enabled must be true for target groups with target type 'ip'", {
    HealthCheckEnabled: false,
  }),
  createGroup("Health check timeout '10' must be smaller than or equal to the interval '5'", {
    HealthCheckIntervalSeconds: 5,
  }),
  createGroup("Health check matcher HTTP code '600' must be within '200-599' inclusive", {
    HealthCheckProtocol: "HTTP",
    Matcher: { HttpCode: "600" },
  }),
  createGroup("You cannot specify the protocol version for a target group with the 'TCP' protocol", {
    ProtocolVersion: "HTTP2",
  }),
  createGroup(
    "A target group with the same name 'app' exists, but with different settings",
    { Name: "app", Port: 81 },
    "DuplicateTargetGroupName",
  ),
  {
    call: "modifyTargetGroup",
    input: ({ group }) => ({ TargetGroupArn: group, HealthCheckPath: "/up" }),
    message: "Health check paths are not supported for TCP health checks",
  },
  {
    call: "deleteTargetGroup",
    input: ({ group }) => ({ TargetGroupArn: group }),
    code: "ResourceInUse",
    message: ({ group }) => `Target group '${group}' is currently in use by a listener or a rule`,
  },
  {
    call: "registerTargets",
    input: ({ group }) => ({ TargetGroupArn: group, Targets: [{ Id: "127.0.0.1", AvailabilityZone: "" }] }),
    code: validation,
    message: /at 'availabilityZone' failed/,
  },
  {
    call: "registerTargets",
    input: ({ group }) => ({ TargetGroupArn: group, Targets: [{ Id: "8.8.8.8" }] }),
    code: validation,
    message: "The IP address '8.8.8.8' is not allowed, as it must be an address from a VPC subnet, RFC1918, or RFC6598",
  },
];
