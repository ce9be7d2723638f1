import type { Refusal } from "./refusal.ts";

const validation = "ValidationError";

function createLoadBalancer(message: Refusal["message"], input: object, code?: string): Refusal {
  const common = { Name: "new", Type: "network", Subnets: ["subnet-0"] };
  const refusal = { call: "createLoadBalancer", input: () => ({ ...common, ...input }), message } as const;
  return code === undefined ? refusal : { ...refusal, code };
}

const long = "x".repeat(33);

export const loadBalancerRefusals: readonly Refusal[] = [
  createLoadBalancer(
    `The load balancer name '${long}' cannot be longer than '32' characters`,
    { Name: long },
    validation,
  ),
  createLoadBalancer(
    "The load balancer name 'internal-web' cannot begin with 'internal-'",
    { Name: "internal-web" },
    validation,
  ),
  createLoadBalancer("The load balancer name 'web-' cannot end with a hyphen(-)", { Name: "web-" }, validation),
  createLoadBalancer(
    "The load balancer name 'we_b' can only contain characters that are alphanumeric characters and hyphens(-)",
    { Name: "we_b" },
    validation,
  ),
  createLoadBalancer("A load balancer cannot be attached to multiple subnets in the same Availability Zone", {
    Subnets: ["subnet-0", "subnet-0"],
  }),
  createLoadBalancer("You can only specify private IPv4 addresses for Network Load Balancers with scheme 'internal'.", {
    Subnets: undefined,
    SubnetMappings: [{ SubnetId: "subnet-0", PrivateIPv4Address: "127.0.5.1" }],
  }),
  createLoadBalancer(
    "The allocation ID 'eipalloc-0123456789abcdef0' does not exist",
    { Subnets: undefined, SubnetMappings: [{ SubnetId: "subnet-0", AllocationId: "eipalloc-0123456789abcdef0" }] },
    "AllocationIdNotFound",
  ),
  createLoadBalancer(
    "A load balancer with the same name 'web' exists, but with different settings",
    { Name: "web", Scheme: "internal" },
    "DuplicateLoadBalancerName",
  ),
  createLoadBalancer(/^An IPv6 address cannot be chosen by a call here/, {
    Subnets: undefined,
    SubnetMappings: [{ SubnetId: "subnet-0", IPv6Address: "::1" }],
  }),
  {
    call: "setSubnets",
    input: ({ loadBalancer }) => ({
      LoadBalancerArn: loadBalancer,
      SubnetMappings: [{ SubnetId: "subnet-0", PrivateIPv4Address: "127.0.5.1" }],
    }),
    message: "You can only specify private IPv4 addresses for Network Load Balancers with scheme 'internal'.",
  },
  {
    call: "setSecurityGroups",
    input: ({ loadBalancer }) => ({
      LoadBalancerArn: loadBalancer,
      SecurityGroups: [],
      EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
    }),
    message:
      "One or more security groups must be specified when using EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
  },
  {
    call: "deleteLoadBalancer",
    input: ({ protectedLoadBalancer }) => ({ LoadBalancerArn: protectedLoadBalancer }),
    code: "OperationNotPermitted",
    message: ({ protectedLoadBalancer }) =>
      `Load balancer '${protectedLoadBalancer}' cannot be deleted because deletion protection is enabled`,
  },
];
