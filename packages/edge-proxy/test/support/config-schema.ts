import { z } from "zod";
import { configSchema } from "../../src/api/config/schema.ts";
import type { AttributeDefinition, AttributeTable, AttributeValues } from "../../src/model/attribute.ts";
import { listenerAttributeTable } from "../../src/model/listener-attributes.ts";
import { loadBalancerAttributeTable } from "../../src/model/load-balancer-attributes.ts";
import { targetGroupAttributeTable } from "../../src/model/target-group-attributes.ts";
import { type InterfaceDocs, readInterfaceDocs } from "./config-docs.ts";

/** As much of JSON Schema as is used here. */
export interface JsonSchema {
  $id?: string;
  title?: string;
  description?: string;
  type?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  pattern?: string;
  additionalProperties?: boolean | JsonSchema;
}

const source = (path: string): URL => new URL(`../../src/${path}`, import.meta.url);

/**
 * The JSON Schema of the config: the shape is that of the code that reads it, the descriptions are the docstrings of its
 * types, and the attributes come from their tables.
 */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configSchema, { io: "input", target: "draft-7" }) as JsonSchema;
  const docs = readInterfaceDocs(source("api/config/config.ts")).get("EdgeProxyConfig") as InterfaceDocs;
  describe(schema, docs);
  const [loadBalancer, targetGroup] = [member(schema, "loadBalancers"), member(schema, "targetGroups")];
  const listener = member(loadBalancer, "listeners");
  setAttributes(loadBalancer, loadBalancerAttributeTable, docsOf("load-balancer", "LoadBalancerAttributes"));
  setAttributes(listener, listenerAttributeTable, docsOf("listener", "ListenerAttributes"));
  const groupDocs = docsOf("target-group", "TargetGroupAttributes");
  setAttributes(targetGroup, targetGroupAttributeTable, groupDocs);
  return { ...schema, title: "edge-proxy config" };
}

/** A property's schema, or that of its entries. */
function member(schema: JsonSchema, name: string): JsonSchema {
  const found = schema.properties?.[name];
  if (found === undefined) throw new Error(`the schema has no ${name}`);
  return found.items ?? found;
}

function describe(schema: JsonSchema, docs: InterfaceDocs): void {
  if (docs.doc !== undefined) schema.description ??= docs.doc;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const known = docs.members.get(name);
    if (known === undefined) throw new Error(`config.ts has no ${name}`);
    if (known.doc !== undefined) property.description = known.doc;
    if (known.inside === undefined) continue;
    for (const inner of [property, ...(property.anyOf ?? [])]) {
      const shape = inner.items ?? inner;
      if (shape.properties !== undefined) describe(shape, known.inside);
    }
  }
}

function docsOf(resource: string, name: string): InterfaceDocs | undefined {
  return readInterfaceDocs(source(`model/${resource}-attributes.ts`)).get(name);
}

function setAttributes<Attributes extends object, Context>(
  resource: JsonSchema,
  table: AttributeTable<Attributes, Context>,
  docs: InterfaceDocs | undefined,
): void {
  const { description } = member(resource, "attributes");
  const entries = Object.entries<AttributeDefinition<unknown, Context>>(table).map(([name, definition]) => [
    definition.key,
    attributeSchema(definition, docs?.members.get(name)?.doc),
  ]);
  resource.properties = {
    ...resource.properties,
    attributes: {
      type: "object",
      ...(description === undefined ? {} : { description }),
      properties: Object.fromEntries(entries),
      additionalProperties: false,
    },
  };
}

function attributeSchema<Context>(
  { key, default: ofTable, noEffect, values }: AttributeDefinition<unknown, Context>,
  doc: string | undefined,
): JsonSchema {
  // What depends on the target type has no one default.
  const fixed = typeof ofTable === "function" ? undefined : ofTable;
  const effect = noEffect === undefined ? "" : ` Without effect here: ${noEffect}.`;
  return {
    ...valueSchema(values),
    description: `${doc ?? `\`${key}\``}${effect}`,
    ...(fixed === undefined ? {} : { default: fixed }),
  };
}

/** AWS's values are all strings; in YAML numbers and booleans may be written as such. */
function valueSchema(values: AttributeValues): JsonSchema {
  switch (values.kind) {
    case "boolean":
      return { enum: [true, false, "true", "false"] };
    case "integer":
      return {
        anyOf: [
          { type: "integer", minimum: values.min, maximum: values.max },
          { type: "string", pattern: "^\\d+$" },
        ],
      };
    case "integer or off":
      return {
        anyOf: [
          { type: "integer", minimum: values.min, maximum: values.max },
          { enum: ["off"] },
          { type: "string", pattern: "^\\d+$" },
        ],
      };
    case "word": {
      const booleans = [true, false].filter((value) => values.words.includes(String(value)));
      return { enum: [...values.words, ...booleans] };
    }
    case "text":
      return {};
  }
}
