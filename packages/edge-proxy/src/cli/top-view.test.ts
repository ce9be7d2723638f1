import { describe, expect, it } from "vitest";
import type { AdminState } from "./admin-state.ts";
import { styleFor } from "./style.ts";
import { firstView, frame, press, type Sample, type TopView } from "./top-view.ts";

const plain = styleFor({ isTTY: false }, {});

function after(...keys: readonly string[]): TopView | "quit" {
  return keys.reduce<TopView | "quit">((view, key) => (view === "quit" ? view : press(view, key)), firstView);
}

function stateWith(flowsOpened: number, bytes: number): AdminState {
  return {
    timeScale: 1,
    limits: { maxFlows: 100, fileDescriptors: 1000 },
    workers: [
      { pid: 4711, flows: 2, restarts: 0 },
      { pid: null, flows: 0, restarts: 3 },
    ],
    warnings: [],
    flows: {
      active: 3,
      flowsOpened,
      flowsClosed: 0,
      bytesFromClients: 0,
      bytesFromTargets: 0,
      refused: { limit: 2, no_target: 0 },
    },
    bytes: { fromClients: bytes, fromTargets: 0 },
    listeners: [
      {
        loadBalancer: "web",
        zone: "a",
        address: "127.0.0.1",
        port: 8080,
        targetGroups: [{ name: "app", weight: 1 }],
      },
    ],
    targetGroups: [
      {
        name: "app",
        zones: [{ name: "a", failOpen: true }],
        targets: [
          {
            Target: { Id: "10.0.0.1", Port: 80, AvailabilityZone: "a" },
            TargetHealth: { State: "unhealthy", Description: "Health checks failed" },
            lastCheck: { outcome: "failed", detail: "connection refused" },
            flows: { active: 3, opened: 7 },
          },
          {
            Target: { Id: "10.0.0.2", Port: 80 },
            TargetHealth: { State: "draining", Description: "Target deregistration is in progress" },
            drainingEndsInSeconds: 12.3,
          },
        ],
      },
    ],
  };
}

const now: Sample = { state: stateWith(20, 3072), atMs: 3_000 };

describe("the keys of `edge-proxy top`", () => {
  it("quit, also while a filter is typed with Ctrl-C", () => {
    expect(after("q")).toBe("quit");
    expect(after("f", "q")).toMatchObject({ typing: true, filter: "q" });
    expect(after("f", "q", "\u0003")).toBe("quit");
  });

  it("type a filter, take a character back, keep it with Enter and clear it with Esc", () => {
    expect(after("f", "a", "b", "\u007f", "\r")).toMatchObject({ typing: false, filter: "a" });
    expect(after("/", "a", "\u001b")).toMatchObject({ typing: false, filter: "" });
    expect(after("f", "a", "\r", "\u001b")).toMatchObject({ filter: "" });
  });

  it("switch flows and help on and off, and others do nothing", () => {
    expect(after("d", "?")).toMatchObject({ detail: true, help: true });
    expect(after("d", "d", "?", "?", "x", "\t")).toEqual(firstView);
  });
});

describe("a frame of `edge-proxy top`", () => {
  it("has counts, rates since the one before, and each target with its reason", () => {
    const before: Sample = { state: stateWith(10, 1024), atMs: 1_000 };
    const lines = frame(firstView, now, before, "http://127.0.0.1:9901", plain);
    expect(lines).toContain(
      "Flows: 3 of at most 100; since the start 20 opened, 0 closed, 2 refused (limit 2), 3.0 KiB",
    );
    expect(lines).toContain("Now:   5.0 new flows/s, 1.0 KiB/s");
    expect(lines).toContain("Target group app fail-open in a");
    const rows = lines.map((line) => line.trim().replace(/ {2,}/g, " | "));
    expect(rows).toContain("10.0.0.1:80 | a | unhealthy | 3 | 7 | Health checks failed; connection refused");
    expect(rows).toContain("10.0.0.2:80 | all | draining | - | - | Target deregistration is in progress; ends in 13 s");
    expect(rows).toContain("0 | 4711 | 2 | 0");
    expect(rows).toContain("1 | restarting | 0 | 3");
  });

  it("shows no rate for the first sample, nor across a restart of the instance", () => {
    expect(frame(firstView, now, undefined, "", plain)).toContain("Now:   …");
    expect(frame(firstView, now, { state: stateWith(21, 0), atMs: 2_000 }, "", plain)).toContain("Now:   …");
  });

  it("leaves out rows without the filter's text", () => {
    const text = frame({ ...firstView, filter: "10.0.0.2" }, now, undefined, "", plain).join("\n");
    expect(text).toContain("10.0.0.2:80");
    expect(text).not.toContain("10.0.0.1:80");
  });

  it("lists flows, or says that the instance does not", () => {
    const flow = { client: "198.51.100.7:1", listener: "web:8080", target: "10.0.0.1:80", state: "open" };
    const flows = [{ ...flow, bytesFromClient: 1, bytesFromTarget: 2 ** 21, ageSeconds: 5.4, idleSeconds: 0 }];
    const detail = { ...firstView, detail: true };
    const text = frame(detail, { ...now, flows }, undefined, "", plain).join("\n");
    expect(text).toMatch(/198\.51\.100\.7:1 +web:8080 +10\.0\.0\.1:80 +open +1 B +2\.0 MiB +5 s +0 s/);
    expect(frame(detail, { ...now, flows: "unknown" }, undefined, "", plain)).toContain(
      "This instance does not list its flows.",
    );
  });
});
