import type { Tags } from "../../../model/identity.ts";
import type { Model } from "../../../model/model.ts";
import type { Action, Call } from "../action.ts";
import { ApiError } from "../api-error.ts";
import { withListener, withLoadBalancer, withTargetGroup } from "../edit.ts";
import { findListener, findLoadBalancer, findRule, findTargetGroup } from "../lookup.ts";
import type { Params } from "../params.ts";

const maxTags = 50;
const maxResources = 20;

/** The tags that a call brings along. @throws ApiError `DuplicateTagKeys`, `TooManyTags`, `ValidationError` */
export function tagsOf(params: Params): Tags {
  const entries = params.list("Tags").map((tag) => [tag.required("Key"), tag.string("Value") ?? ""] as const);
  for (const [key, value] of entries) {
    if (key.length > 128) throw tooLong(key, "tags.member.key", 128);
    if (value.length > 256) throw tooLong(value, "tags.member.value", 256);
    if (/^aws:/i.test(key)) throw ApiError.validation(`Tag keys starting with 'aws:' are reserved for system use`);
  }
  if (new Set(entries.map(([key]) => key)).size < entries.length) {
    throw new ApiError("DuplicateTagKeys", "Tag keys must be unique");
  }
  return limited(Object.fromEntries(entries));
}

export const addTags: Action = ({ params, model }) => {
  const added = tagsOf(params);
  if (Object.keys(added).length === 0) throw ApiError.constraint("null", "tags", "Member must not be null");
  return { model: retagged(model, params, (tags) => limited({ ...tags, ...added })) };
};

export const removeTags: Action = ({ params, model }) => {
  const removed = new Set(params.strings("TagKeys"));
  if (removed.size === 0) throw ApiError.constraint("null", "tagKeys", "Member must not be null");
  const rest = (tags: Tags): Tags => Object.fromEntries(Object.entries(tags).filter(([key]) => !removed.has(key)));
  return { model: retagged(model, params, rest) };
};

export const describeTags: Action = ({ params, model }: Call) => ({
  result: {
    TagDescriptions: arnsOf(params).map((arn) => ({
      ResourceArn: arn,
      Tags: Object.entries(tagged(model, arn).tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  },
});

function retagged(model: Model, params: Params, change: (tags: Tags) => Tags): Model {
  return arnsOf(params).reduce((current, arn) => {
    const { tags, set } = tagged(current, arn);
    return set(change(tags));
  }, model);
}

interface Tagged {
  readonly tags: Tags;
  set(tags: Tags): Model;
}

/** What an ARN names, whatever it is. A listener's default rule has the listener's tags. */
function tagged(model: Model, arn: string): Tagged {
  if (arn.includes(":targetgroup/")) {
    const group = findTargetGroup(model, arn);
    const { identity } = group;
    return {
      tags: identity.tags,
      set: (tags) => withTargetGroup(model, group, { ...group, identity: { ...identity, tags } }),
    };
  }
  if (arn.includes(":listener/")) {
    const { loadBalancer, listener } = findListener(model, arn);
    return {
      tags: listener.tags,
      set: (tags) => withListener(model, loadBalancer, listener, { ...listener, tags }),
    };
  }
  if (arn.includes(":listener-rule/")) {
    const { loadBalancer, listener, rule } = findRule(model, arn);
    const set = (tags: Tags): Model => {
      if (rule === undefined) return withListener(model, loadBalancer, listener, { ...listener, tags });
      const rules = listener.rules.map((candidate) => (candidate === rule ? { ...rule, tags } : candidate));
      return withListener(model, loadBalancer, listener, { ...listener, rules });
    };
    return { tags: rule?.tags ?? listener.tags, set };
  }
  const loadBalancer = findLoadBalancer(model, arn);
  const { identity } = loadBalancer;
  return {
    tags: identity.tags,
    set: (tags) => withLoadBalancer(model, loadBalancer, { ...loadBalancer, identity: { ...identity, tags } }),
  };
}

function arnsOf(params: Params): readonly string[] {
  const arns = params.strings("ResourceArns");
  if (arns.length === 0) throw ApiError.validation("At least one resource ARN must be specified");
  if (arns.length > maxResources) {
    const constraint = `Member must have length less than or equal to ${maxResources}`;
    throw ApiError.constraint(`[${arns.join(", ")}]`, "resourceArns", constraint);
  }
  return arns;
}

function limited(tags: Tags): Tags {
  if (Object.keys(tags).length <= maxTags) return tags;
  throw new ApiError("TooManyTags", `The maximum number of tags per resource is '${maxTags}'`);
}

function tooLong(value: string, member: string, length: number): ApiError {
  return ApiError.constraint(value, member, `Member must have length less than or equal to ${length}`);
}
