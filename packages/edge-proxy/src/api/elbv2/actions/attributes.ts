import { type AttributeTable, attributeEntries, changeAttributes } from "../../../model/attribute.ts";
import { ApiError } from "../api-error.ts";
import type { Params } from "../params.ts";
import type { Shape } from "../xml.ts";

const maxAttributes = 20;

/** The answer of the actions that describe or modify attributes: all of them, as AWS writes them. */
export function attributesShape<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
  attributes: Attributes,
): Shape {
  return { Attributes: attributeEntries(table, attributes).map(({ key, text }) => ({ Key: key, Value: text })) };
}

export interface AttributeWords {
  /** The kind of resource, for the message that a key is not recognized. */
  readonly kind: "Target group" | "Load balancer" | "Listener";
  readonly duplicate: (key: string) => string;
  /** What AWS answers to a key that only other kinds of load balancer have; undefined for any other key. */
  readonly elsewhere: (key: string) => string | undefined;
}

/**
 * The attributes with the changes that a call asks for.
 * @throws ApiError `ValidationError`, `InvalidConfigurationRequest`
 */
export function changedAttributes<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
  current: Attributes,
  params: Params,
  { kind, duplicate, elsewhere }: AttributeWords,
): Attributes {
  const changes = params.list("Attributes").map((attribute) => ({
    key: attribute.required("Key"),
    text: attribute.string("Value") ?? "",
  }));
  if (changes.length === 0) throw ApiError.constraint("null", "attributes", "Member must not be null");
  if (changes.length > maxAttributes) {
    const all = changes.map(({ key, text }) => `Attribute(key=${key}, value=${text})`).join(", ");
    const constraint = `Member must have length less than or equal to ${maxAttributes}`;
    throw ApiError.constraint(`[${all}]`, "attributes", constraint);
  }
  const twice = changes.find(({ key }, i) => changes.findIndex((other) => other.key === key) < i);
  if (twice !== undefined) throw ApiError.invalidConfiguration(duplicate(twice.key));
  for (const { key } of changes) {
    const message = elsewhere(key);
    if (message !== undefined) throw ApiError.invalidConfiguration(message);
  }
  const merged = Object.fromEntries(changes.map(({ key, text }) => [key, text]));
  const { attributes, problems } = changeAttributes(table, current, merged, kind);
  const [problem] = problems;
  if (problem !== undefined) throw ApiError.invalidConfiguration(problem.message);
  return attributes;
}
