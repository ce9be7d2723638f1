import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveSet, type Member } from "./live-set.ts";

const members = Array.from({ length: 12 }, (_, id) => ({ id, place: -1 }));
const index = fc.nat(members.length - 1);

/** Adds the members that are not in, takes out those that are. */
function toggle(live: LiveSet<Member>, expected: Set<Member>, ids: readonly number[]): void {
  for (const id of ids) {
    const member = members[id] as Member;
    const isIn = expected.delete(member);
    if (isIn) live.delete(member);
    else live.add(member);
    if (!isIn) expected.add(member);
  }
}

describe("LiveSet", () => {
  it("holds what a Set would, whatever comes and goes", () => {
    fc.assert(
      fc.property(fc.array(index, { maxLength: 60 }), (ids) => {
        const [live, expected] = [new LiveSet<Member>(), new Set<Member>()];
        toggle(live, expected, ids);
        expect(live.size).toBe(expected.size);
        expect([...live]).toHaveLength(expected.size);
        expect(new Set(live)).toEqual(expected);
      }),
    );
  });

  it("is iterated as it was, whatever comes and goes meanwhile", () => {
    fc.assert(
      fc.property(fc.array(index), fc.func(fc.array(index, { maxLength: 3 })), (ids, toggledAt) => {
        const [live, expected] = [new LiveSet<Member>(), new Set<Member>()];
        toggle(live, expected, ids);
        const before = [...live];
        const seen: Member[] = [];
        for (const member of live) {
          seen.push(member);
          toggle(live, expected, toggledAt(seen.length));
        }
        expect(seen).toEqual(before);
        expect(new Set(live)).toEqual(expected);
      }),
    );
  });
});
