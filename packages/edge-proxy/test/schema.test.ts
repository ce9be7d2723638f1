import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseYamlConfig } from "../src/api/config/load.ts";
import { demoConfig } from "../src/cli/demo/demo-config.ts";
import { startingConfig } from "../src/cli/starting-config.ts";
import { configJsonSchema, type JsonSchema } from "./support/config-schema.ts";

const file = new URL("../nlb.schema.json", import.meta.url);
const schema = configJsonSchema();
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);

/** Where ajv finds fault. */
function faults(config: unknown): string[] {
  validate(config);
  return (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

/** The YAML of a page's code blocks that are whole configs. */
function configsOf(page: string): string[] {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), "utf8");
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map(([, block = ""]) => block)
    .filter((block) => /^(loadBalancers|targetGroups):/m.test(block));
}

const docs = readdirSync(new URL("../../../docs", import.meta.url)).filter((name) => name.endsWith(".md"));
const examples = ["README.md", ...docs.map((name) => `docs/${name}`)].flatMap((page) =>
  configsOf(page).map((text) => ({ page, text })),
);

describe("nlb.schema.json", () => {
  it("is that of the code; UPDATE_DOCS=1 writes it", () => {
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(file, text);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("describes every key", () => {
    expect([...undescribed(schema, "")]).toEqual([]);
  });

  it.each(examples)("fits the example in $page", ({ text }) => {
    expect(faults(parse(text))).toEqual([]);
    expect(() => parseYamlConfig(text, "nlb.yaml")).not.toThrow();
  });

  it("fits what `init` writes, the demo, and an empty config", () => {
    expect(examples.length).toBeGreaterThan(1);
    expect(faults(parse(startingConfig("./nlb.schema.json")))).toEqual([]);
    expect(faults(demoConfig([], { port: 0, endpointPort: 0, adminPort: 0, dnsPort: 0 }))).toEqual([]);
    expect(faults({})).toEqual([]);
  });

  it.each([
    [{ loadBalancer: [] }, ""],
    [{ loadBalancers: [{ name: "web", listeners: [{ port: 70_000 }] }] }, "/loadBalancers/0/listeners/0/port"],
    [
      { targetGroups: [{ name: "app", port: 1, attributes: { "stickiness.enable": true } }] },
      "/targetGroups/0/attributes",
    ],
    [
      { targetGroups: [{ name: "app", port: 1, attributes: { "deregistration_delay.timeout_seconds": 3601 } }] },
      "/targetGroups/0/attributes/deregistration_delay.timeout_seconds",
    ],
    [
      { targetGroups: [{ name: "app", port: 1, healthCheck: { intervalSeconds: 4 } }] },
      "/targetGroups/0/healthCheck/intervalSeconds",
    ],
  ])("finds the fault in %j", (config, path) => {
    expect(faults(config)).toContain(path);
  });
});

function* undescribed(at: JsonSchema, path: string): Generator<string> {
  for (const [name, property] of Object.entries(at.properties ?? {})) {
    if (property.description === undefined) yield `${path}/${name}`;
    for (const inner of [property, ...(property.anyOf ?? [])])
      yield* undescribed(inner.items ?? inner, `${path}/${name}`);
  }
}
