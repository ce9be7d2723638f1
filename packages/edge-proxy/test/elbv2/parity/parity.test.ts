import { readFileSync, writeFileSync } from "node:fs";
import * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { attributeKeys } from "../../../src/model/attribute.ts";
import { listenerAttributeTable } from "../../../src/model/listener-attributes.ts";
import { loadBalancerAttributeTable } from "../../../src/model/load-balancer-attributes.ts";
import { targetGroupAttributeTable } from "../../../src/model/target-group-attributes.ts";
import { actionRows } from "./actions.ts";
import { listenerAttributeRows, loadBalancerAttributeRows, targetGroupAttributeRows } from "./attributes.ts";
import { allRows, parityPage } from "./page.ts";
import type { Row } from "./row.ts";

const root = new URL("../../../../../", import.meta.url);
const page = new URL("docs/aws-parity.md", root);

function named(rows: readonly Row[]): string[] {
  return rows.map(({ what }) => what).sort();
}

describe("docs/aws-parity.md", () => {
  it("has every action that the SDK knows, once", () => {
    const actions = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? []);
    expect(actions.length).toBeGreaterThan(50);
    expect(named(actionRows)).toEqual(actions.sort());
  });

  it("has every attribute of the model, once", () => {
    expect(named(targetGroupAttributeRows)).toEqual(attributeKeys(targetGroupAttributeTable).sort());
    expect(named(loadBalancerAttributeRows)).toEqual(attributeKeys(loadBalancerAttributeTable).sort());
    expect(named(listenerAttributeRows)).toEqual(attributeKeys(listenerAttributeTable).sort());
  });

  it("says for each attribute whether it has an effect, as the model does", () => {
    const definitions = [targetGroupAttributeTable, loadBalancerAttributeTable, listenerAttributeTable].flatMap(
      (table) => Object.values<{ readonly key: string; readonly noEffect?: string }>(table),
    );
    const without = definitions.flatMap(({ key, noEffect }) => (noEffect === undefined ? [] : [key])).sort();
    const rows = [...targetGroupAttributeRows, ...loadBalancerAttributeRows, ...listenerAttributeRows];
    expect(named(rows.filter(({ note }) => note?.includes("without effect")))).toEqual(without);
  });

  it("leaves out the reason only of actions and attributes that are the same", () => {
    const rows = [...actionRows, ...targetGroupAttributeRows, ...loadBalancerAttributeRows, ...listenerAttributeRows];
    expect(named(rows.filter(({ verdict, note }) => verdict !== "holds" && note === undefined))).toEqual([]);
  });

  it("names tests that there are, at least one for each row, and a reason for what is not the same", () => {
    for (const { what, verdict, note, tests } of allRows) {
      expect(tests.length, what).toBeGreaterThan(0);
      if (verdict === "differs") expect(note, what).toBeDefined();
      for (const { file, name } of tests) {
        const source = readFileSync(new URL(file, root), "utf8");
        // A test's name is the first argument of `it(…)` or of what `it.each(…)` gives.
        const calls = [`(${JSON.stringify(name)}`, `(\n    ${JSON.stringify(name)}`];
        expect(
          calls.some((call) => source.includes(call)),
          `${what}: no test ${JSON.stringify(name)} in ${file}`,
        ).toBe(true);
      }
    }
  });

  it("is generated; UPDATE_DOCS=1 writes it", () => {
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(page, parityPage());
    expect(readFileSync(page, "utf8")).toBe(parityPage());
  });
});
