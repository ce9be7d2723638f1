import { expect, test } from "vitest";
import { benches, chooseBenches } from "./benches.ts";

const namesOf = (names: readonly string[]): readonly string[] => chooseBenches(names).chosen.map(({ name }) => name);

test("no name means everything", () => {
  expect(namesOf([])).toEqual(benches.map(({ name }) => name));
});

test("a name means one, a group all of its own, each once and in the report's order", () => {
  expect(namesOf(["storm", "idle"])).toEqual(["idle", "storm"]);
  expect(namesOf(["growth", "growth-flows"])).toEqual(
    benches.filter(({ group }) => group === "growth").map(({ name }) => name),
  );
});

test("names of nothing are told apart", () => {
  expect(chooseBenches(["idle", "idel"]).unknown).toEqual(["idel"]);
});

test("no two benches have the same name", () => {
  expect(new Set(benches.map(({ name }) => name)).size).toBe(benches.length);
});
