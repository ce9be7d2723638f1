import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { attributeKeys } from "./attribute.ts";
import { listenerAttributeTable } from "./listener-attributes.ts";
import { loadBalancerAttributeTable } from "./load-balancer-attributes.ts";
import { targetGroupAttributeTable } from "./target-group-attributes.ts";

const page = readFileSync(new URL("../../../../docs/config.md", import.meta.url), "utf8");

describe("docs/config.md", () => {
  it.each([
    ...attributeKeys(targetGroupAttributeTable),
    ...attributeKeys(loadBalancerAttributeTable),
    ...attributeKeys(listenerAttributeTable),
  ])("has %s", (key) => {
    expect(page).toContain(`\`${key}\``);
  });
});
