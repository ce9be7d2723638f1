import { targetKey as monitorsKey } from "@edgekit/health/monitor";
import { describe, expect, it } from "vitest";
import { targetKey } from "./target-group.ts";

describe("targetKey", () => {
  it.each([
    { id: "10.0.0.1", port: 80 },
    { id: "2001:db8::1", port: 65_535 },
    { id: "i-0123456789abcdef0", port: 1 },
  ])("is the monitor's: $id", (target) => {
    expect(targetKey(target)).toBe(monitorsKey(target));
  });
});
