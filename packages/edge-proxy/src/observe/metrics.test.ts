import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metrics as families } from "./metrics.ts";

const page = new URL("../../../../docs/metrics.md", import.meta.url);

describe("the metrics", () => {
  it("are those of docs/metrics.md; UPDATE_DOCS=1 writes them there", () => {
    const text = readFileSync(page, "utf8");
    const [, before = "", after = ""] =
      /^([\s\S]*<!-- generated [^\n]*-->\n)[\s\S]*(<!-- end -->[\s\S]*)$/.exec(text) ?? [];
    const written = `${before}${table()}${after}`;
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(page, written);
    expect(readFileSync(page, "utf8")).toBe(written);
  });

  it("have names that Prometheus's conventions allow, once each", () => {
    for (const { name, type } of families) {
      expect(name).toMatch(/^edge_proxy_[a-z][a-z_]*[a-z]$/);
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      if (type === "histogram") expect(name).toMatch(/_(seconds|bytes)$/);
    }
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
  });

  it("have help that is a sentence, and only labels with few values", () => {
    const allowed = [
      ...["listener", "target_group", "target", "reason", "side", "kind", "direction", "state", "errno"],
      ...["result", "from", "to", "percentile", "worker", "version", "node", "transport", "type", "rcode"],
    ];
    for (const { name, help, labels } of families) {
      expect(help, name).toMatch(/^[A-Z1].{20,}\.$/);
      for (const label of labels) expect(allowed, name).toContain(label);
    }
  });
});

function table(): string {
  const rows = families.map(({ name, type, labels, help }) => {
    const code = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${code} | ${help} |\n`;
  });
  return `| name | type | labels | meaning |\n| --- | --- | --- | --- |\n${rows.join("")}`;
}
