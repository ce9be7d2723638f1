import { expect, test } from "vitest";
import { LocalQuota } from "./quota.ts";

test("a key is full at the limit, not one before it, whatever others have", () => {
  const quota = new LocalQuota(2);
  quota.add("a");
  quota.add("b");
  expect(quota.isFull("a")).toBe(false);
  quota.add("a");
  expect(quota.isFull("a")).toBe(true);
  expect(quota.isFull("b")).toBe(false);
  quota.remove("a");
  expect(quota.isFull("a")).toBe(false);
});

test("a key without anything in use is forgotten", () => {
  const quota = new LocalQuota(2);
  quota.add("a");
  quota.add("a");
  quota.remove("a");
  expect([quota.size, quota.inUse("a")]).toEqual([1, 1]);
  quota.remove("a");
  expect([quota.size, quota.inUse("a")]).toEqual([0, 0]);
});
