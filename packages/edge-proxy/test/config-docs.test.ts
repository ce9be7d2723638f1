import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AttributeDefinition } from "../src/model/attribute.ts";
import { listenerAttributeTable } from "../src/model/listener-attributes.ts";
import { loadBalancerAttributeTable } from "../src/model/load-balancer-attributes.ts";
import { targetGroupAttributeTable } from "../src/model/target-group-attributes.ts";
import { configJsonSchema, type JsonSchema } from "./support/config-schema.ts";

const page = new URL("../../../docs/config.md", import.meta.url);

describe("docs/config.md", () => {
  it("has every key with its meaning; UPDATE_DOCS=1 writes them there", () => {
    const text = readFileSync(page, "utf8");
    const [, before = "", after = ""] =
      /^([\s\S]*<!-- generated [^\n]*-->\n)[\s\S]*?(<!-- end -->[\s\S]*)$/.exec(text) ?? [];
    const rows = [...keysOf(configJsonSchema(), "")].map(
      ([key, values, meaning]) => `| \`${key}\` | ${values} | ${meaning} |\n`,
    );
    const written = `${before}| key | values | meaning |\n| --- | --- | --- |\n${rows.join("")}${after}`;
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(page, written);
    expect(readFileSync(page, "utf8")).toBe(written);
  });

  const tables = [targetGroupAttributeTable, loadBalancerAttributeTable, listenerAttributeTable];
  const definitions = tables.flatMap((table) => Object.values(table) as AttributeDefinition<unknown, unknown>[]);
  it.each(definitions.map((definition) => [definition.key, definition] as const))(
    "has the range and the default of %s",
    (key, { values, default: preset }) => {
      const rows = readFileSync(page, "utf8")
        .split("\n")
        .filter((line) => line.startsWith("|") && line.split("|")[1]?.includes(`\`${key}\``) === true);
      const cells = rows.map((row) => row.split("|").slice(2, 4).join("|").replaceAll(",", ""));
      if (values.kind === "integer") expect(cells.join()).toContain(`${values.min}–${values.max}`);
      if (typeof preset !== "function" && preset !== "") expect(cells.join()).toContain(String(preset));
    },
  );
});

/** Keys of the config, what they may be, and what they mean. */
function* keysOf({ properties = {} }: JsonSchema, above: string): Iterable<[string, string, string]> {
  for (const [name, schema] of Object.entries(properties)) {
    const key = `${above}${name}`;
    if (name === "$schema") continue;
    // What has a list of its own in the description has a section of its own on the page.
    const [meaning = ""] = (schema.description ?? "").split("\n");
    yield [key, valuesOf(schema), meaning];
    if (name === "attributes") continue;
    for (const shape of [schema, ...(schema.anyOf ?? [])]) {
      if (shape.properties !== undefined) yield* keysOf(shape, `${key}.`);
      if (shape.items?.properties !== undefined) yield* keysOf(shape.items, `${key}[].`);
    }
  }
}

function valuesOf(schema: JsonSchema & { const?: unknown; exclusiveMinimum?: number }): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(valuesOf).join(", ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(", ");
  const { type = "", minimum, maximum = Number.MAX_SAFE_INTEGER, exclusiveMinimum } = schema;
  if (type !== "integer" && type !== "number")
    return { array: "a list", object: "keys", boolean: "true, false" }[type] ?? "text";
  if (exclusiveMinimum !== undefined)
    return `above ${exclusiveMinimum}${maximum < Number.MAX_SAFE_INTEGER ? `, to ${maximum}` : ""}`;
  return maximum < Number.MAX_SAFE_INTEGER ? `${minimum}–${maximum}` : `${minimum} and more`;
}
