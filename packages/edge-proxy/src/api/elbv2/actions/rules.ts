import type { Listener, LoadBalancer, Rule } from "../../../model/load-balancer.ts";
import type { Model } from "../../../model/model.ts";
import type { Action } from "../action.ts";
import { ApiError } from "../api-error.ts";
import { withListener } from "../edit.ts";
import { type FoundRule, findListener, findRule } from "../lookup.ts";
import { page } from "../paging.ts";
import type { Params } from "../params.ts";
import { ruleShape } from "../shapes/listener-shape.ts";
import { forwardingOf } from "./forwarding.ts";
import { tagsOf } from "./tags.ts";

const maxRules = 100;
const priorities = { min: 1, max: 50_000 };

export const createRule: Action = ({ params, model, host }) => {
  const { loadBalancer, listener } = findListener(model, params.required("ListenerArn"));
  params.required("Priority");
  const priority = params.integer("Priority", priorities) ?? 0;
  const rule: Rule = {
    id: host.newId(),
    tags: tagsOf(params),
    priority,
    sourceFamily: sourceFamilyOf(params.list("Conditions"), loadBalancer),
    ...forwardingOf(params.list("Actions"), loadBalancer, model),
  };
  if (listener.rules.some((other) => other.priority === priority)) throw priorityInUse(priority);
  if (listener.rules.length >= maxRules)
    throw new ApiError("TooManyRules", "The maximum number of rules has been reached");
  const after = withListener(model, loadBalancer, listener, { ...listener, rules: [...listener.rules, rule] });
  return { result: { Rules: [ruleShape(loadBalancer, listener, rule, after)] }, model: after };
};

export const describeRules: Action = ({ params, model }) => {
  const arns = params.strings("RuleArns");
  const ofListener = params.string("ListenerArn");
  if (arns.length > 0 === (ofListener !== undefined)) {
    throw ApiError.validation("You must specify either listener rule ARNs or a listener ARN");
  }
  const all = ofListener === undefined ? arns.map((arn) => findRule(model, arn)) : rulesOf(model, ofListener);
  const { items, NextMarker } = page(all, params);
  const shapes = items.map(({ loadBalancer, listener, rule }) => ruleShape(loadBalancer, listener, rule, model));
  return { result: { Rules: shapes, NextMarker } };
};

/** In the order in which they are asked; the default rule is the last. */
function rulesOf(model: Model, arn: string): FoundRule[] {
  const found = findListener(model, arn);
  const ordered = [...found.listener.rules].sort((a, b) => a.priority - b.priority);
  return [...ordered, undefined].map((rule) => ({ ...found, rule }));
}

export const modifyRule: Action = ({ params, model }) => {
  const { loadBalancer, listener, rule } = findRule(model, params.required("RuleArn"));
  if (rule === undefined) throw ApiError.notPermitted("Default rule cannot be modified");
  const conditions = params.list("Conditions");
  const actions = params.list("Actions");
  const changed: Rule = {
    ...rule,
    ...(conditions.length === 0 ? {} : { sourceFamily: sourceFamilyOf(conditions, loadBalancer) }),
    ...(actions.length === 0 ? {} : forwardingOf(actions, loadBalancer, model)),
  };
  const after = withRules(model, loadBalancer, listener, (other) => (other === rule ? changed : other));
  return { result: { Rules: [ruleShape(loadBalancer, listener, changed, after)] }, model: after };
};

export const deleteRule: Action = ({ params, model }) => {
  const { loadBalancer, listener, rule } = findRule(model, params.required("RuleArn"));
  if (rule === undefined) throw ApiError.notPermitted("Default rule cannot be deleted");
  return { model: withRules(model, loadBalancer, listener, (other) => (other === rule ? undefined : other)) };
};

/** All at once, so that two rules can change places. */
export const setRulePriorities: Action = ({ params, model }) => {
  const wanted = params.list("RulePriorities").map((pair) => {
    const found = findRule(model, pair.required("RuleArn"));
    const { rule } = found;
    if (rule === undefined) throw ApiError.notPermitted("Default rule cannot be reprioritized");
    return { ...found, rule, priority: pair.integer("Priority", priorities) ?? rule.priority };
  });
  const [first] = wanted;
  if (first === undefined) throw ApiError.validation("At least one rule priority must be specified");
  const { loadBalancer, listener } = first;
  if (wanted.some((other) => other.listener !== listener)) {
    throw ApiError.validation("The rules must belong to the same listener");
  }
  const next = new Map(wanted.map(({ rule, priority }) => [rule, priority]));
  const numbers = listener.rules.map((rule) => next.get(rule) ?? rule.priority);
  const twice = numbers.find((number, i) => numbers.indexOf(number) < i);
  if (twice !== undefined) throw priorityInUse(twice);
  const after = withRules(model, loadBalancer, listener, (rule) => ({
    ...rule,
    priority: next.get(rule) ?? rule.priority,
  }));
  const shapes = wanted.map(({ rule, priority }) => ruleShape(loadBalancer, listener, { ...rule, priority }, after));
  return { result: { Rules: shapes }, model: after };
};

function withRules(
  model: Model,
  loadBalancer: LoadBalancer,
  listener: Listener,
  change: (rule: Rule) => Rule | undefined,
): Model {
  const rules = listener.rules.flatMap((rule) => change(rule) ?? []);
  return withListener(model, loadBalancer, listener, { ...listener, rules });
}

/** The one condition that an NLB's rules know: which address family the client has. */
function sourceFamilyOf(conditions: readonly Params[], { network }: LoadBalancer): 4 | 6 {
  if (network.ipAddressType !== "dualstack") {
    throw ApiError.invalidConfiguration(
      "Listener rules are supported only on Network Load Balancers with the 'dualstack' IP address type",
    );
  }
  const [condition] = conditions;
  if (condition === undefined) throw ApiError.validation("A condition must be specified");
  if (conditions.length > 1) throw ApiError.validation("You cannot specify more than one condition");
  const field = condition.string("Field");
  if (field !== "source-ip") {
    throw ApiError.validation(`Condition field '${field ?? ""}' must be one of '[source-ip]'`);
  }
  const config = condition.struct("SourceIpConfig");
  if (config.strings("Values").length > 0 || condition.strings("Values").length > 0) {
    throw ApiError.validation("Condition values are not supported for load balancers of type 'network'");
  }
  const family = config.oneOf("IpAddressType", ["ipv4", "ipv6"]);
  if (family === undefined) throw ApiError.validation("An IP address type must be specified for source-ip conditions");
  return family === "ipv6" ? 6 : 4;
}

function priorityInUse(priority: number): ApiError {
  return new ApiError("PriorityInUse", `Priority '${priority}' is currently in use`);
}
