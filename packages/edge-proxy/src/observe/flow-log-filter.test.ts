import { describe, expect, it } from "vitest";
import { type FlowLogFilter, fits, isKnownClose } from "./flow-log-filter.ts";
import type { UnwrittenLine } from "./flow-log-line.ts";

const line: UnwrittenLine = {
  ts: "2026-11-24T14:40:51.138Z",
  flow: "1",
  load_balancer: "web",
  listener: "web:8080",
  zone: "local-1a",
  vpc_endpoint: undefined,
  "client.address": "127.0.0.1",
  "client.port": 40722,
  "network.transport": "tcp",
  target_group: "app",
  target: "[::1]:3001",
  "source.address": "::1",
  "source.port": 51204,
  bytes_in: 1,
  bytes_out: 2,
  duration_s: 0.1,
  connect_s: 0.01,
  close: "target.rst",
  close_code: "SD",
  "error.type": "ECONNRESET",
  pp2: undefined,
};

describe("a filter of the flow log", () => {
  it.each<[FlowLogFilter, FlowLogFilter]>([
    [{ target: "[::1]:3001" }, { target: "[::1]:3002" }],
    [{ target: "::1" }, { target: "[::1]" }],
    [{ targetGroup: "app" }, { targetGroup: "web" }],
    [{ listener: "web:8080" }, { listener: "web:80" }],
    [{ client: "127.0.0.1" }, { client: "127.0.0.2" }],
    [{ close: "target.rst" }, { close: "client.rst" }],
    [{ close: "rst" }, { close: "fin" }],
    [{ close: "target" }, { close: "client" }],
    [
      { target: "::1", close: "rst" },
      { target: "::1", close: "fin" },
    ],
  ])("takes what fits %o, and not what fits %o", (fitting, other) => {
    expect([fits(fitting, line), fits(other, line), fits({}, line)]).toEqual([true, false, true]);
  });

  it("of a target takes no client that got none", () => {
    const refusal = { ...line, target: undefined, target_group: undefined, close: "refused.limit" };
    expect([fits({ target: "::1" }, refusal), fits({ targetGroup: "app" }, refusal)]).toEqual([false, false]);
    expect([fits({ close: "refused" }, refusal), fits({ close: "limit" }, refusal)]).toEqual([true, true]);
  });

  it("knows how flows end", () => {
    for (const known of ["target.rst", "proxy.weight-zero", "refused.hairpin", "rst", "client", "refused", "limit"]) {
      expect([known, isKnownClose(known)]).toEqual([known, true]);
    }
    for (const unknown of [
      "",
      "rts",
      "target.",
      ".rst",
      "target.limit",
      "refused.rst",
      "rst.target",
      "a.b.c",
      "toString",
    ]) {
      expect([unknown, isKnownClose(unknown)]).toEqual([unknown, false]);
    }
  });
});
