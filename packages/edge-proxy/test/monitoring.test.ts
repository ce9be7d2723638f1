import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { countFlows } from "../src/observe/counters.ts";
import { metrics } from "../src/observe/metrics.ts";
import { readPromql } from "./support/promql.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}
interface Query {
  readonly expr: string;
  readonly legendFormat: string;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Query[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { query: string } }[];
  };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

const folder = new URL("../monitoring/", import.meta.url);
const rules = (parse(readFileSync(new URL("alerts.yaml", folder), "utf8")) as { groups: [{ rules: Rule[] }] }).groups[0]
  .rules;
const dashboard = JSON.parse(readFileSync(new URL("grafana-dashboard.json", folder), "utf8")) as Dashboard;
const panels = dashboard.panels.filter(({ type }) => type !== "row");
const queries = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
const annotations = dashboard.annotations.list.map(({ expr }) => ({ title: "annotation", expr, legendFormat: "" }));

/** What Prometheus itself adds to every series, and says of every instance. */
const labelsOfScrape = ["job", "instance"];
const known = new Map<string, readonly string[]>([["up", labelsOfScrape]]);
for (const { name, type, labels } of metrics) {
  if (type !== "histogram") known.set(name, [...labels, ...labelsOfScrape]);
  else
    for (const suffix of ["bucket", "sum", "count"])
      known.set(`${name}_${suffix}`, [...labels, ...labelsOfScrape, "le"]);
}

/** Values that a label has here and nowhere else. */
const labelValues: Readonly<Record<string, readonly string[]>> = {
  state: ["initial", "healthy", "unhealthy", "unhealthy.draining", "draining", "unused", "unavailable"],
  to: ["initial", "healthy", "unhealthy", "unhealthy.draining", "draining", "unused", "unavailable"],
  reason: Object.keys(countFlows().counters.refused),
  side: ["client", "target", "proxy"],
  kind: ["fin", "rst", "timeout"],
  result: ["ok", "failed", "inconclusive"],
  percentile: ["50", "99", "100"],
};

/** Grafana puts these in before Prometheus sees the query. */
function filledIn(expression: string): string {
  return expression.replaceAll("$__rate_interval", "1m");
}

function expectKnown(expression: string): void {
  const { selectors, groupingLabels } = readPromql(filledIn(expression));
  for (const { metric, matchers } of selectors) {
    const labels = known.get(metric);
    expect(labels, `${metric} in ${expression}`).toBeDefined();
    for (const label of groupingLabels) expect(labels, `${label} of ${metric} in ${expression}`).toContain(label);
    for (const { label, operator, value } of matchers) {
      expect(labels, `${label} of ${metric} in ${expression}`).toContain(label);
      const values = labelValues[label];
      if (values === undefined) continue;
      const pattern = operator.includes("~") ? new RegExp(`^(?:${value})$`) : undefined;
      const matches = values.filter((one) => pattern?.test(one) ?? one === value);
      expect(matches, `${label}="${value}" matches nothing in ${expression}`).not.toEqual([]);
    }
  }
}

/** Labels that a query's result has, where every aggregation is a grouping. */
function resultLabels(expression: string): readonly string[] {
  const { selectors, groupingLabels } = readPromql(filledIn(expression));
  if (groupingLabels.length > 0) return groupingLabels;
  if (/^(sum|max|min|count)\(/.test(expression)) return [];
  return selectors.flatMap(({ metric }) => known.get(metric) ?? []);
}

describe("the alert rules", () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    "%s asks for metrics and labels that there are",
    (_, rule) => {
      expectKnown(rule.expr);
      expect(rule.alert).toMatch(/^EdgeProxy[A-Z]/);
      expect(["critical", "warning"]).toContain(rule.labels.severity);
      const texts = `${rule.annotations.summary} ${rule.annotations.description}`;
      for (const [, label = ""] of texts.matchAll(/\$labels\.(\w+)/g)) {
        expect(resultLabels(rule.expr), `${label} in the text of ${rule.alert}`).toContain(label);
      }
    },
  );

  it("have a case in alerts.test.yaml, each of them", () => {
    const tests = readFileSync(new URL("alerts.test.yaml", folder), "utf8");
    const tested = new Set([...tests.matchAll(/alertname="(\w+)",severity/g)].map(([, name]) => name));
    expect(tested).toEqual(new Set(rules.map(({ alert }) => alert)));
  });
});

describe("docs/metrics.md", () => {
  it("lists every alert rule with its severity", () => {
    const docs = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
    const listed = [...docs.matchAll(/^\| `(EdgeProxy\w+)` \| .* \| (\w+) \|$/gm)].map(([, ...row]) => row);
    expect(listed).toEqual(rules.map(({ alert, labels }) => [alert, labels.severity]));
  });
});

describe("the dashboard", () => {
  it.each([...queries, ...annotations].map((query) => [query.title, query] as const))(
    "%s asks for metrics and labels that there are",
    (_, { expr, legendFormat }) => {
      expectKnown(expr);
      for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        expect(resultLabels(expr), `${label} in the legend of ${expr}`).toContain(label);
      }
    },
  );

  it("shows every metric that there is", () => {
    const shown = new Set(
      queries.flatMap(({ expr }) => readPromql(filledIn(expr)).selectors.map(({ metric }) => metric)),
    );
    const isShown = (name: string): boolean => shown.has(name) || shown.has(`${name}_bucket`);
    expect(metrics.map(({ name }) => name).filter((name) => !isShown(name))).toEqual([]);
  });

  it("uses the variables that it defines, from metrics that there are", () => {
    const defined = dashboard.templating.list.map(({ name }) => name);
    const text = JSON.stringify(dashboard);
    for (const name of defined) expect(text).toMatch(new RegExp(`\\$(\\{${name}\\}|${name}\\b)`));
    for (const [, name = ""] of text.matchAll(/\$\{?([a-z]\w*)/g)) expect(defined).toContain(name);
    for (const { query } of dashboard.templating.list) {
      if (typeof query === "string") continue;
      const [, selector = "", label] = /^label_values\((.*), (\w+)\)$/.exec(query.query) ?? [];
      expectKnown(selector);
      expect(known.get(/^\w+/.exec(selector)?.[0] ?? "")).toContain(label);
    }
  });

  it("has panels with ids of their own that do not lie on each other", () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x},${y}`), title).toBe(false);
          cells.add(`${x},${y}`);
        }
      }
    }
  });
});
