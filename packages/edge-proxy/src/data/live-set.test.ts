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

  it("gives each member that stays its turn, none twice, and none that has left", () => {
    fc.assert(
      fc.property(fc.array(index), fc.func(fc.array(index, { maxLength: 3 })), (ids, leaveAt) => {
        const [live, expected] = [new LiveSet<Member>(), new Set<Member>()];
        toggle(live, expected, ids);
        const seen: Member[] = [];
        for (const member of live) {
          expect(expected).toContain(member);
          seen.push(member);
          const leaving = new Set(leaveAt(seen.length).filter((id) => expected.has(members[id] as Member)));
          toggle(live, expected, [...leaving]);
        }
        expect(new Set(seen).size).toBe(seen.length);
        for (const member of expected) expect(seen).toContain(member);
      }),
    );
  });

  it("gives each member a place of its own, below the most that there were at one time", () => {
    fc.assert(
      fc.property(fc.array(index, { maxLength: 60 }), (ids) => {
        const [live, expected] = [new LiveSet<Member>(), new Set<Member>()];
        let most = 0;
        for (const id of ids) {
          toggle(live, expected, [id]);
          most = Math.max(most, live.size);
          const places = [...live].map(({ place }) => place);
          expect(new Set(places).size).toBe(live.size);
          expect(Math.max(-1, ...places)).toBeLessThan(most);
        }
      }),
    );
  });
});
