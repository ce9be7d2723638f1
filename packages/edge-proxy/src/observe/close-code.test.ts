import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CloseReason } from "../data/close-reason.ts";
import { closeCode, refusalCode } from "./close-code.ts";

const page = readFileSync(new URL("../../../../docs/flow-log.md", import.meta.url), "utf8");

const endings: readonly (readonly [code: string, CloseReason["side"], CloseReason["kind"], wasConnected: boolean])[] = [
  ["--", "client", "fin", true],
  ["--", "target", "fin", true],
  ["CD", "client", "rst", true],
  ["CC", "client", "rst", false],
  ["SD", "target", "rst", true],
  ["SC", "target", "error", false],
  ["sC", "target", "timeout", false],
  ["cD", "proxy", "timeout", true],
  ["DD", "proxy", "unhealthy", true],
  ["KD", "proxy", "deregistered", true],
  ["KD", "proxy", "weight-zero", true],
  ["KD", "proxy", "drain", true],
  ["KC", "proxy", "drain", false],
  ["RC", "proxy", "port-allocation", false],
  ["RC", "proxy", "source-collision", false],
  ["IC", "proxy", "error", false],
];

describe("a close code", () => {
  it.each(endings)("is %s for %s.%s, connected %s, and the page says so", (code, side, kind, wasConnected) => {
    expect(closeCode({ side, kind }, wasConnected)).toBe(code);
    expect(page).toMatch(new RegExp(`^\\| \`${code}\` \\|.*\`${side}\\.${kind}\``, "m"));
  });

  it.each([
    ["PC", "limit"],
    ["PC", "source_limit"],
    ["PC", "hairpin"],
    ["CC", "dead_on_arrival"],
    ["SC", "no_target"],
    ["RC", "port_allocation"],
  ] as const)("is %s for a refusal because of %s, and the page says so", (code, reason) => {
    expect(refusalCode(reason)).toBe(code);
    expect(page).toMatch(new RegExp(`^\\| \`${code}\` \\|.*\`refused\\.${reason}\``, "m"));
  });
});
