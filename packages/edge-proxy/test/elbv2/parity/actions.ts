import { pinned, type Row, type TestName } from "./row.ts";

const refused = pinned("refusals", "$call $shows is refused with AWS's code and words");
const terraform = pinned("terraform", "creates, refreshes, changes and destroys with the calls of its AWS provider");

function holds(what: string, tests: readonly TestName[], note?: string): Row {
  return { what, verdict: "holds", tests, ...(note === undefined ? {} : { note }) };
}

function missing(what: string, note: string): Row {
  const tests = pinned("wire", "of an action that is not provided is InvalidAction");
  return { what, verdict: "not provided", note, tests };
}

const trust = "trust stores belong to Application Load Balancers";
const capacity = "nothing has a capacity that could be reserved";

/** Every action of the ELBv2 API, as the SDK lists them. */
export const actionRows: readonly Row[] = [
  holds("CreateLoadBalancer", [
    ...pinned(
      "load-balancers",
      "answers with AWS's shape, ARN, DNS name and defaults",
      "with the same settings gives what is there already",
      "keeps scheme, address type, security groups and tags",
      "takes any subnet id: each new one is a zone of its own, on an address that clients reach",
    ),
    ...refused,
  ]),
  holds("DescribeLoadBalancers", [
    ...pinned("load-balancers", "gives all, or those that are asked for by name or by ARN, and they are active"),
    ...pinned("pagination", "give each load balancer once"),
  ]),
  holds(
    "DeleteLoadBalancer",
    pinned(
      "load-balancers",
      "ends its listeners and its flows' way in, and succeeds for one that is not there",
      "frees its target groups for another load balancer",
    ),
  ),
  holds("DescribeLoadBalancerAttributes", pinned("load-balancers", "have AWS's keys and defaults")),
  holds("ModifyLoadBalancerAttributes", [
    ...pinned("load-balancers", "are kept as they are set, all of them or none"),
    ...refused,
  ]),
  holds("SetSubnets", pinned("load-balancers", "adds and removes nodes while the flows of the others go on")),
  {
    what: "SetSecurityGroups",
    verdict: "differs",
    note: "kept and answered; there are no rules that could hold anything back",
    tests: pinned("load-balancers", "answers with the groups, and they are described"),
  },
  holds(
    "SetIpAddressType",
    pinned(
      "load-balancers",
      "dualstack gives nodes an IPv6 address that clients reach, and ipv4 takes it away",
      "keeps a load balancer with an IPv6 target group dualstack, whichever call asks",
    ),
  ),
  holds("CreateTargetGroup", [
    ...pinned(
      "target-groups",
      "answers with AWS's shape, ARN and defaults",
      "fills in the path, the matcher and the timeout of %s health checks",
      "with the same settings gives what is there already",
      "knows the protocol %s",
    ),
    ...refused,
  ]),
  holds("DescribeTargetGroups", [
    ...pinned(
      "target-groups",
      "gives all, or those of a name, an ARN or a load balancer, with the load balancer that uses them",
    ),
    ...pinned("pagination", "give each target group once"),
  ]),
  holds(
    "ModifyTargetGroup",
    pinned("target-groups", "changes the health check, and targets are checked in the new way"),
  ),
  holds("DeleteTargetGroup", [
    ...pinned(
      "target-groups",
      "succeeds for one that is not in use, and for one that is not there",
      "is refused while a listener uses the group, with the words that Terraform looks for",
    ),
    ...pinned("rules", "DeleteTargetGroup is refused while only a rule uses the group"),
  ]),
  holds(
    "DescribeTargetGroupAttributes",
    pinned("target-groups", "of a bare group with protocol %s and type %s have AWS's keys and defaults"),
  ),
  holds("ModifyTargetGroupAttributes", [
    ...pinned(
      "target-groups",
      "are kept as they are set, all of them or none",
      "are checked on the merged set: a termination alone is refused while an interval is stored",
    ),
    ...refused,
  ]),
  holds(
    "RegisterTargets",
    pinned(
      "targets",
      "registers by address and port, once each, and the group's port is the default",
      "takes AWS's private ranges beside loopback addresses",
      "reaches an instance at the address that the config gives it",
    ),
    "127.0.0.0/8 is allowed beside AWS's ranges",
  ),
  holds(
    "DeregisterTargets",
    pinned(
      "targets",
      "without a port means the group's port, and succeeds for one that is not registered",
      "may be taken back: the target is registered anew and its flows stand",
    ),
  ),
  holds(
    "DescribeTargetHealth",
    pinned(
      "targets",
      "goes through AWS's states with their reasons and descriptions",
      "answers for targets that are asked for: also for one that is not registered",
      "says that a target's zone is not enabled for the load balancer",
    ),
  ),
  {
    what: "CreateListener",
    verdict: "differs",
    note: "TCP listeners only",
    tests: [
      ...pinned(
        "listeners",
        "answers with AWS's shape and ARN, and carries traffic when the call returns",
        "with the same settings gives what is there already",
        "is not provided, and refused with what is",
      ),
      ...refused,
    ],
  },
  holds("DescribeListeners", [
    ...pinned("listeners", "gives those of a load balancer, or those that are asked for"),
    ...pinned("pagination", "give each listener once"),
  ]),
  holds(
    "ModifyListener",
    pinned(
      "listeners",
      "sends new flows to another group, while old ones stay",
      "moves to another port, with the same ARN",
    ),
  ),
  holds("DeleteListener", pinned("listeners", "closes its port on every node")),
  holds("DescribeListenerAttributes", pinned("listeners", "tcp.idle_timeout.seconds is 350 until it is set")),
  holds("ModifyListenerAttributes", [
    ...pinned("listeners", "tcp.idle_timeout.seconds is 350 until it is set"),
    ...refused,
  ]),
  holds(
    "DescribeListenerCertificates",
    pinned("listeners", "a TCP listener has none: DescribeListenerCertificates is empty"),
  ),
  ...["AddListenerCertificates", "RemoveListenerCertificates"].map((what) =>
    holds(
      what,
      pinned("listeners", "none can be added to a TCP listener or removed from it"),
      "refused, as for any listener that is not TLS",
    ),
  ),
  holds("CreateRule", pinned("rules", "sends clients of one address family to a group of their own")),
  holds("DescribeRules", pinned("rules", "always has the default rule, last")),
  holds("ModifyRule", pinned("rules", "changes the condition and the group of new flows")),
  holds("DeleteRule", pinned("rules", "sends clients of one address family to a group of their own")),
  holds("SetRulePriorities", pinned("rules", "makes another rule the first one")),
  ...["AddTags", "RemoveTags", "DescribeTags"].map((what) =>
    holds(
      what,
      pinned(
        "tags",
        "AddTags sets and overwrites, RemoveTags takes away, DescribeTags gives those of each resource in turn",
        "given at creation are there",
      ),
    ),
  ),
  holds(
    "DescribeAccountLimits",
    pinned("wire", "DescribeAccountLimits has the quotas of Network Load Balancers"),
    "AWS's default quotas",
  ),
  {
    what: "DescribeSSLPolicies",
    verdict: "differs",
    note: "an empty list: there are no TLS listeners",
    tests: pinned("wire", "DescribeSSLPolicies has none, as there are no TLS listeners"),
  },
  holds(
    "DescribeCapacityReservation",
    [...pinned("wire", "DescribeCapacityReservation, which Terraform asks for, has none"), ...terraform],
    "none is reserved",
  ),
  missing("ModifyCapacityReservation", capacity),
  missing("ModifyIpPools", "address pools belong to Application Load Balancers"),
  missing("GetResourcePolicy", "there is one account, which shares nothing"),
  ...[
    "AddTrustStoreRevocations",
    "CreateTrustStore",
    "DeleteSharedTrustStoreAssociation",
    "DeleteTrustStore",
    "DescribeTrustStoreAssociations",
    "DescribeTrustStoreRevocations",
    "DescribeTrustStores",
    "GetTrustStoreCaCertificatesBundle",
    "GetTrustStoreRevocationContent",
    "ModifyTrustStore",
    "RemoveTrustStoreRevocations",
  ].map((what) => missing(what, trust)),
];
