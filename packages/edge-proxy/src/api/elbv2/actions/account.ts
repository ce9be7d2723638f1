import type { Action } from "../action.ts";
import { ApiError } from "../api-error.ts";
import { findLoadBalancer } from "../lookup.ts";
import { page } from "../paging.ts";

/** What scripts ask for on their way; nothing here depends on the answers. */

/** Source: AWS, "Quotas for your Network Load Balancers". */
const limits: Readonly<Record<string, number>> = {
  "network-load-balancers": 50,
  "listeners-per-network-load-balancer": 50,
  "targets-per-network-load-balancer": 3000,
  "targets-per-availability-zone-per-network-load-balancer": 500,
  "certificates-per-network-load-balancer": 25,
  "target-groups": 3000,
  "targets-per-target-group": 1000,
  "target-groups-per-action-on-network-load-balancer": 5,
};

export const describeAccountLimits: Action = ({ params }) => {
  const { items, NextMarker } = page(Object.entries(limits), params);
  return { result: { Limits: items.map(([Name, Max]) => ({ Name, Max })), NextMarker } };
};

/** There are no TLS listeners. */
export const describeSslPolicies: Action = ({ params }) => {
  const [name] = params.strings("Names");
  if (name !== undefined) throw new ApiError("SSLPolicyNotFound", `SSL policy '${name}' not found`);
  return { result: { SslPolicies: [] } };
};

/** No capacity has been reserved for any load balancer. */
export const describeCapacityReservation: Action = ({ params, model }) => {
  findLoadBalancer(model, params.required("LoadBalancerArn"));
  return { result: { DecreaseRequestsRemaining: 2, CapacityReservationState: [] } };
};
