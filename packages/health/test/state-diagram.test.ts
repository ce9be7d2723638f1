import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { stateDiagram } from "./state-diagram.ts";

const readme = new URL("../README.md", import.meta.url);
const drawn = /(<!-- state diagram: begin[^>]*-->\n```mermaid\n)([\s\S]*?)(\n```\n<!-- state diagram: end -->)/;

test("the README's state diagram is the machine's", () => {
  const text = readFileSync(readme, "utf8");
  const diagram = stateDiagram();
  if (process.env["UPDATE_README"])
    writeFileSync(
      readme,
      text.replace(drawn, (_all, a, _old, z) => a + diagram + z),
    );
  const found = drawn.exec(readFileSync(readme, "utf8"))?.[2];
  expect(found, "draw it anew: UPDATE_README=1 npx vitest run --project unit packages/health/test/state-diagram").toBe(
    diagram,
  );
});

test("the diagram has every state of AWS", () => {
  const diagram = stateDiagram();
  for (const name of ["initial", "healthy", "unhealthy", "unhealthy.draining", "draining", "unavailable"]) {
    expect(diagram).toContain(`state "${name}" as`);
  }
  expect(diagram).toMatch(/unused_NotRegistered[\s\S]*unused_NotInUse/);
});
