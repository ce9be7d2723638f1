import { listenerPort, zones } from "./support/place.ts";
import type { Fields } from "./support/query.ts";

/** What calls can name. */
export interface Known {
  /** ARNs of what is there. */
  readonly loadBalancers: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly listeners: ReadonlyMap<string, unknown>;
  /** ARNs of what was there. */
  readonly gone: readonly string[];
  /** Where servers of the test listen on 127.0.0.1. */
  readonly targetPorts: readonly number[];
}

/** What no parameter should choke on. */
const junk = [
  ..."|0|-1|70000|1e9|999999999999999999999|null|undefined|NaN|true,false|[object Object]|' OR 1=1|../../etc/passwd".split(
    "|",
  ),
  ...["<a>&amp;]]>", "\0\u0001\ufffe", "\ud800", "é☃𝒳", "__proto__", "constructor", " ", "%00", "x".repeat(5_000)],
  ...["arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net//", "arn:", "eipalloc-0", "i-0", "::1%lo"],
];

const groupAttributes = [
  ["deregistration_delay.timeout_seconds", "0", "5", "300", "3601"],
  ["deregistration_delay.connection_termination.enabled", "true", "false"],
  ["preserve_client_ip.enabled", "true", "false"],
  ["proxy_protocol_v2.enabled", "true", "false"],
  ["stickiness.enabled", "true", "false"],
  ["stickiness.type", "source_ip", "lb_cookie"],
  ["load_balancing.cross_zone.enabled", "true", "false", "use_load_balancer_configuration", "off"],
  ["target_health_state.unhealthy.connection_termination.enabled", "true", "false"],
  ["target_health_state.unhealthy.draining_interval_seconds", "0", "60"],
  ["target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1", "2"],
  ["target_group_health.dns_failover.minimum_healthy_targets.count", "off", "1", "2"],
] as const;

/** Makes calls: most of them sensible, many of them not. */
export class RandomCalls {
  readonly #random: () => number;
  readonly #known: Known;

  constructor(random: () => number, known: Known) {
    this.#random = random;
    this.#known = known;
  }

  next(): Fields {
    const makers = this.#random() < 0.75 ? this.#changes : this.#questions;
    const fields = this.#one(makers).call(this);
    // Otherwise hardly anything would live long enough to be used.
    if (fields["Action"]?.startsWith("Delete") && this.#random() < 0.8) return this.next();
    return this.#random() < 0.3 ? this.#spoilt(fields) : fields;
  }

  readonly #changes: readonly (() => Fields)[] = [
    this.#createLoadBalancer,
    this.#createLoadBalancer,
    this.#createLoadBalancer,
    () => ({ Action: "DeleteLoadBalancer", LoadBalancerArn: this.#loadBalancer() }),
    () => ({ Action: "SetSubnets", LoadBalancerArn: this.#loadBalancer(), ...this.#subnets() }),
    () => ({
      Action: "SetIpAddressType",
      LoadBalancerArn: this.#loadBalancer(),
      IpAddressType: this.#one(["ipv4", "dualstack"]),
    }),
    () => ({
      Action: "ModifyLoadBalancerAttributes",
      LoadBalancerArn: this.#loadBalancer(),
      ...this.#pairs([
        ["load_balancing.cross_zone.enabled", "true", "false"],
        ["deletion_protection.enabled", "true", "false", "false", "false"],
      ]),
    }),
    this.#createTargetGroup,
    this.#createTargetGroup,
    this.#createTargetGroup,
    () => ({ Action: "DeleteTargetGroup", TargetGroupArn: this.#group() }),
    () => ({
      Action: "ModifyTargetGroup",
      TargetGroupArn: this.#group(),
      HealthCheckIntervalSeconds: this.#one(["5", "10", "30"]),
      HealthCheckTimeoutSeconds: this.#one(["2", "5", "10"]),
      HealthyThresholdCount: this.#one(["2", "3", "11"]),
    }),
    () => ({
      Action: "ModifyTargetGroupAttributes",
      TargetGroupArn: this.#group(),
      ...this.#pairs(groupAttributes),
    }),
    this.#register,
    this.#register,
    this.#register,
    this.#register,
    () => ({ Action: "DeregisterTargets", TargetGroupArn: this.#group(), ...this.#targets() }),
    this.#createListener,
    this.#createListener,
    this.#createListener,
    this.#createListener,
    this.#createListener,
    this.#createListener,
    () => ({
      Action: "ModifyListener",
      ListenerArn: this.#listener(),
      ...(this.#random() < 0.3 ? { Port: this.#port() } : {}),
      ...this.#forward("DefaultActions"),
    }),
    () => ({ Action: "DeleteListener", ListenerArn: this.#listener() }),
    () => ({
      Action: "ModifyListenerAttributes",
      ListenerArn: this.#listener(),
      ...this.#pairs([["tcp.idle_timeout.seconds", "60", "350", "6001"]]),
    }),
    () => ({
      Action: "CreateRule",
      ListenerArn: this.#listener(),
      Priority: String(this.#below(3) + 1),
      "Conditions.member.1.Field": "source-ip",
      "Conditions.member.1.SourceIpConfig.IpAddressType": "ipv4",
      ...this.#forward("Actions"),
    }),
    () => ({ Action: "AddTags", ...this.#arns(), "Tags.member.1.Key": "a", "Tags.member.1.Value": "b" }),
    () => ({ Action: "RemoveTags", ...this.#arns(), "TagKeys.member.1": "a" }),
    () => ({
      Action: "SetSecurityGroups",
      LoadBalancerArn: this.#loadBalancer(),
      "SecurityGroups.member.1": "sg-0123456789abcdef0",
    }),
  ];

  readonly #questions: readonly (() => Fields)[] = [
    () => ({ Action: "DescribeLoadBalancers", PageSize: this.#one(["1", "2", "400"]) }),
    () => ({ Action: "DescribeLoadBalancers", "LoadBalancerArns.member.1": this.#loadBalancer() }),
    () => ({ Action: "DescribeTargetGroups", LoadBalancerArn: this.#loadBalancer() }),
    () => ({ Action: "DescribeListeners", LoadBalancerArn: this.#loadBalancer() }),
    () => ({ Action: "DescribeRules", ListenerArn: this.#listener() }),
    () => ({ Action: "DescribeTargetHealth", TargetGroupArn: this.#group() }),
    () => ({ Action: "DescribeTargetHealth", TargetGroupArn: this.#group(), ...this.#targets() }),
    () => ({ Action: "DescribeTags", ...this.#arns() }),
    () => ({ Action: "DescribeLoadBalancerAttributes", LoadBalancerArn: this.#loadBalancer() }),
    () => ({ Action: "DescribeTargetGroupAttributes", TargetGroupArn: this.#group() }),
    () => ({ Action: "DescribeListenerAttributes", ListenerArn: this.#listener() }),
    () => ({ Action: "DescribeListenerCertificates", ListenerArn: this.#listener() }),
    () => ({ Action: this.#one(["DescribeAccountLimits", "DescribeSSLPolicies", "ModifyTrustStore", "toString"]) }),
  ];

  #createLoadBalancer(): Fields {
    return {
      Action: "CreateLoadBalancer",
      Name: `lb-${this.#below(4)}`,
      Type: "network",
      ...this.#subnets(),
      ...this.#list("Tags", this.#below(3), (i) => ({ Key: `key-${i}`, Value: String(this.#below(9)) })),
    };
  }

  #createTargetGroup(): Fields {
    return {
      Action: "CreateTargetGroup",
      Name: `group-${this.#below(6)}`,
      Protocol: this.#one(["TCP", "TCP", "TCP", "TCP", "TCP", "TCP_UDP", "UDP", "TLS"]),
      Port: this.#targetPort(),
      VpcId: "vpc-0",
      TargetType: this.#one(["ip", "ip", "ip", "ip", "ip", "instance"]),
    };
  }

  #register(): Fields {
    return { Action: "RegisterTargets", TargetGroupArn: this.#group(), ...this.#targets() };
  }

  #createListener(): Fields {
    return {
      Action: "CreateListener",
      LoadBalancerArn: this.#loadBalancer(),
      Protocol: this.#one(["TCP", "TCP", "TCP", "TCP", "TCP", "TCP", "TLS", "UDP"]),
      Port: this.#port(),
      ...this.#forward("DefaultActions"),
    };
  }

  /** A field taken away, added, or filled with what does not belong there. */
  #spoilt(fields: Fields): Fields {
    const names = Object.keys(fields).filter((name) => name !== "Action");
    const name = names.length === 0 ? "Extra" : this.#one(names);
    const { [name]: _, ...rest } = fields;
    const how = this.#below(4);
    if (how === 0) return rest;
    if (how === 1) return { ...fields, [name]: this.#one(junk) };
    if (how === 2)
      return { ...fields, [`${name}.${this.#one(["member.1", "member.-1", "a.b.c", "."])}`]: this.#one(junk) };
    return { ...rest, [name.toLowerCase()]: fields[name] ?? "", [this.#one(junk)]: this.#one(junk) };
  }

  #forward(list: string): Fields {
    const action = `${list}.member.1`;
    if (this.#random() < 0.6) return { [`${action}.Type`]: "forward", [`${action}.TargetGroupArn`]: this.#group() };
    return {
      [`${action}.Type`]: "forward",
      ...this.#list(`${action}.ForwardConfig.TargetGroups`, 1 + this.#below(3), () => ({
        TargetGroupArn: this.#group(),
        Weight: this.#one(["0", "1", "10", "999"]),
      })),
    };
  }

  #subnets(): Fields {
    const first = this.#below(zones.length);
    const ids = zones.slice(first, first + 1 + this.#below(2)).map(({ subnetId }) => subnetId);
    return Object.fromEntries(ids.map((id, i) => [`Subnets.member.${i + 1}`, id]));
  }

  #targets(): Fields {
    return this.#list("Targets", 1 + this.#below(3), () => ({ Id: "127.0.0.1", Port: this.#targetPort() }));
  }

  #pairs(all: readonly (readonly [key: string, ...values: string[]])[]): Fields {
    return this.#list("Attributes", 1 + this.#below(2), () => {
      const [Key, ...values] = this.#one(all);
      return { Key, Value: this.#one(values) };
    });
  }

  #arns(): Fields {
    const arn = this.#one([() => this.#loadBalancer(), () => this.#group(), () => this.#listener()])();
    return { "ResourceArns.member.1": arn };
  }

  #list(name: string, length: number, entry: (index: number) => Fields): Fields {
    const entries = Array.from({ length }, (_, i) =>
      Object.entries(entry(i)).map(([key, value]) => [`${name}.member.${i + 1}.${key}`, value]),
    );
    return Object.fromEntries(entries.flat());
  }

  #loadBalancer(): string {
    return this.#arn([...this.#known.loadBalancers], ":loadbalancer/");
  }

  #group(): string {
    return this.#arn([...this.#known.groups], ":targetgroup/");
  }

  #listener(): string {
    return this.#arn([...this.#known.listeners.keys()], ":listener/");
  }

  /** Mostly of what is there. */
  #arn(present: readonly string[], kind: string): string {
    const gone = this.#known.gone.filter((arn) => arn.includes(kind));
    const candidates = this.#random() < 0.93 ? present : gone;
    return candidates.length === 0 ? `arn:aws:elasticloadbalancing${kind}` : this.#one(candidates);
  }

  #targetPort(): string {
    return String(this.#one(this.#known.targetPorts));
  }

  #port(): string {
    return String(listenerPort + this.#below(4));
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)] as Item;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
