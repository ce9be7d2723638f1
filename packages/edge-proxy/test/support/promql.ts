import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** A PromQL expression, as far as metrics and labels go. */
export interface PromqlParts {
  readonly selectors: readonly PromqlSelector[];
  /** Of `by (…)`, `on (…)` and their like. */
  readonly groupingLabels: readonly string[];
}

interface PromqlSelector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

/** @throws Error where Prometheus's own grammar finds a mistake */
export function readPromql(expression: string): PromqlParts {
  const selectors: PromqlSelector[] = [];
  const groupingLabels: string[] = [];
  const text = ({ from, to }: SyntaxNode): string => expression.slice(from, to);
  parser.parse(expression).iterate({
    enter({ node }) {
      if (node.type.isError) throw new Error(`a mistake at ${node.from}: ${expression}`);
      if (node.name === "GroupingLabels") groupingLabels.push(...node.getChildren("LabelName").map(text));
      if (node.name !== "VectorSelector") return;
      const metric = node.getChild("Identifier");
      if (metric === null) throw new Error(`no metric at ${node.from}: ${expression}`);
      const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
      selectors.push({
        metric: text(metric),
        matchers: matchers.map((matcher) => {
          const [label, operator, value] = ["LabelName", "MatchOp", "StringLiteral"].map((name) => {
            const part = matcher.getChild(name);
            return part === null ? "" : text(part);
          });
          return { label: label ?? "", operator: operator ?? "", value: JSON.parse(value ?? "") as string };
        }),
      });
    },
  });
  return { selectors, groupingLabels };
}
