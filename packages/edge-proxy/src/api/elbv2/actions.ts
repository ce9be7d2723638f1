import type { Action } from "./action.ts";
import { describeAccountLimits, describeCapacityReservation, describeSslPolicies } from "./actions/account.ts";
import * as listeners from "./actions/listeners.ts";
import * as loadBalancers from "./actions/load-balancers.ts";
import * as rules from "./actions/rules.ts";
import { addTags, describeTags, removeTags } from "./actions/tags.ts";
import * as targetGroups from "./actions/target-groups.ts";
import { deregisterTargets, describeTargetHealth, registerTargets } from "./actions/targets.ts";

/** Every action that is provided, by its name in the API. */
export const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    CreateLoadBalancer: loadBalancers.createLoadBalancer,
    DescribeLoadBalancers: loadBalancers.describeLoadBalancers,
    DeleteLoadBalancer: loadBalancers.deleteLoadBalancer,
    DescribeLoadBalancerAttributes: loadBalancers.describeLoadBalancerAttributes,
    ModifyLoadBalancerAttributes: loadBalancers.modifyLoadBalancerAttributes,
    SetSubnets: loadBalancers.setSubnets,
    SetIpAddressType: loadBalancers.setIpAddressType,
    SetSecurityGroups: loadBalancers.setSecurityGroups,
    CreateTargetGroup: targetGroups.createTargetGroup,
    DescribeTargetGroups: targetGroups.describeTargetGroups,
    ModifyTargetGroup: targetGroups.modifyTargetGroup,
    DeleteTargetGroup: targetGroups.deleteTargetGroup,
    DescribeTargetGroupAttributes: targetGroups.describeTargetGroupAttributes,
    ModifyTargetGroupAttributes: targetGroups.modifyTargetGroupAttributes,
    RegisterTargets: registerTargets,
    DeregisterTargets: deregisterTargets,
    DescribeTargetHealth: describeTargetHealth,
    CreateListener: listeners.createListener,
    DescribeListeners: listeners.describeListeners,
    ModifyListener: listeners.modifyListener,
    DeleteListener: listeners.deleteListener,
    DescribeListenerAttributes: listeners.describeListenerAttributes,
    ModifyListenerAttributes: listeners.modifyListenerAttributes,
    DescribeListenerCertificates: listeners.describeListenerCertificates,
    AddListenerCertificates: listeners.changeListenerCertificates,
    RemoveListenerCertificates: listeners.changeListenerCertificates,
    CreateRule: rules.createRule,
    DescribeRules: rules.describeRules,
    ModifyRule: rules.modifyRule,
    DeleteRule: rules.deleteRule,
    SetRulePriorities: rules.setRulePriorities,
    AddTags: addTags,
    RemoveTags: removeTags,
    DescribeTags: describeTags,
    DescribeAccountLimits: describeAccountLimits,
    DescribeSSLPolicies: describeSslPolicies,
    DescribeCapacityReservation: describeCapacityReservation,
  }),
);
