import { trackLeaks, withDeadline } from "@edgekit/testkit";
import { expect, it, vi } from "vitest";

trackLeaks();

it("watch.js sees one server stay healthy, one break and recover, and one that never was", async () => {
  const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const running: Promise<{ story: string[] }> = import(new URL("watch.js", import.meta.url).href);
  const { story } = await withDeadline(running, "the example to end").finally(() => printed.mockRestore());
  const of = (name: string): string[] => story.filter((line) => line.startsWith(name));
  expect(of("server 1")).toEqual(["server 1 → initial", "server 1 → healthy"]);
  expect(of("server 2")).toEqual([
    "server 2 → initial",
    "server 2 → healthy",
    "server 2 → unhealthy",
    "server 2 → healthy",
  ]);
  expect(of("server 3")).toEqual(["server 3 → initial", "server 3 → unhealthy"]);
});
