import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CloseReason, FlowLogLine } from "../src/index.ts";
import { closeCode, refusalCode } from "../src/observe/close-code.ts";

const page = readFileSync(new URL("../../../docs/flow-log.md", import.meta.url), "utf8");

/** The compiler sees to it that this is what `FlowLogLine` says. */
const presence: {
  readonly [Key in keyof FlowLogLine]-?: undefined extends FlowLogLine[Key] ? "sometimes" : "always";
} = {
  ts: "always",
  flow: "always",
  load_balancer: "always",
  listener: "always",
  zone: "always",
  vpc_endpoint: "sometimes",
  "client.address": "sometimes",
  "client.port": "sometimes",
  "network.transport": "always",
  target_group: "sometimes",
  target: "sometimes",
  "source.address": "sometimes",
  "source.port": "sometimes",
  bytes_in: "always",
  bytes_out: "always",
  duration_s: "always",
  connect_s: "sometimes",
  close: "always",
  close_code: "always",
  "error.type": "sometimes",
  pp2: "sometimes",
};

/** Cells of the table behind a heading. */
function tableAfter(heading: string): string[][] {
  const [, section = ""] = page.split(`## ${heading}\n`);
  const lines = section.split("\n## ")[0]?.split("\n") ?? [];
  const rows = lines.filter((line) => line.startsWith("|")).slice(2);
  return rows.map((row) => row.split("|").slice(1, -1));
}

function codes(cell = ""): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

describe("docs/flow-log.md", () => {
  it("has every key of a line in the line's order, and says which are always there", () => {
    const described = tableAfter("Keys").flatMap(([keys, when = ""]) =>
      codes(keys).map((key) => [key, when.trim() === "always" ? "always" : "sometimes"] as const),
    );
    expect(new Map(described)).toEqual(new Map(Object.entries(presence)));
    expect(described).toHaveLength(Object.keys(presence).length);
  });

  it("has an example with keys of the schema only, and all that are always there", () => {
    const example = /^\{"ts".*\}$/m.exec(page)?.[0] ?? "";
    const keys = Object.keys(JSON.parse(example) as object);
    expect(Object.keys(presence)).toEqual(expect.arrayContaining(keys));
    const always = Object.entries(presence).flatMap(([key, when]) => (when === "always" ? [key] : []));
    expect(keys).toEqual(expect.arrayContaining(always));
  });

  it("gives each ending the two letters that a line has", () => {
    const rows = tableAfter("`close` and `close_code`");
    expect(rows.length).toBeGreaterThan(10);
    for (const [codeCell, closes] of rows) {
      const [code = ""] = codes(codeCell);
      for (const close of codes(closes)) {
        const [side = "", kind = ""] = close.split(".");
        const given =
          side === "refused"
            ? refusalCode(kind as Parameters<typeof refusalCode>[0])
            : closeCode({ side, kind } as CloseReason, code.endsWith("D") || code === "--");
        expect(given, close).toBe(code);
      }
    }
  });
});
