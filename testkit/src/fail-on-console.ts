import { afterEach, beforeEach, expect, vi } from "vitest";

// A test that prints hides something: a warning, a leftover, an error that nobody asserted.
const methods = ["log", "info", "warn", "error", "debug"] as const;
const printed: string[] = [];

beforeEach(() => {
  printed.length = 0;
  for (const method of methods) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      printed.push(`console.${method}: ${args.map(String).join(" ")}`);
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(printed, "nothing may be printed to the console by a test").toEqual([]);
});
