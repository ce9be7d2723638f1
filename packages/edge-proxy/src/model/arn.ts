import type { Listener, LoadBalancer, Rule } from "./load-balancer.ts";
import type { TargetGroup } from "./target-group.ts";

/** The account that everything here belongs to. */
export const accountId = "000000000000";

/** `arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/net/NAME/ID` */
export function loadBalancerArn(loadBalancer: LoadBalancer): string {
  return `${prefix(loadBalancer.identity.region)}:loadbalancer/${loadBalancerDimension(loadBalancer)}`;
}

/** What CloudWatch's dimension `LoadBalancer` says. */
export function loadBalancerDimension({ name, identity }: LoadBalancer): string {
  return `net/${name}/${identity.id}`;
}

/** What CloudWatch's dimension `TargetGroup` says. */
export function targetGroupDimension({ name, identity }: TargetGroup): string {
  return `targetgroup/${name}/${identity.id}`;
}

/** `arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID` */
export function targetGroupArn(group: TargetGroup): string {
  return `${prefix(group.identity.region)}:${targetGroupDimension(group)}`;
}

/** `…:listener/net/NAME/LOAD-BALANCER-ID/ID` */
export function listenerArn({ name, identity }: LoadBalancer, { id }: Listener): string {
  return `${prefix(identity.region)}:listener/net/${name}/${identity.id}/${id}`;
}

/** `…:listener-rule/net/NAME/LOAD-BALANCER-ID/LISTENER-ID/ID` */
export function ruleArn({ name, identity }: LoadBalancer, listener: Listener, { id }: Pick<Rule, "id">): string {
  return `${prefix(identity.region)}:listener-rule/net/${name}/${identity.id}/${listener.id}/${id}`;
}

/** The load balancer's own DNS name, without the final dot. */
export function dnsName({ name, identity }: LoadBalancer): string {
  return `${name}-${identity.id}.${dnsDomain(identity.region)}`;
}

/** The domain in which the load balancers of a region have their names. */
export function dnsDomain(region: string): string {
  return `elb.${region}.amazonaws.com`;
}

function prefix(region: string): string {
  return `arn:aws:elasticloadbalancing:${region}:${accountId}`;
}
