import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Place, WaitingLine } from "./waiting-line.ts";

describe("WaitingLine", () => {
  it("is in the order in which they came, whoever leaves", () => {
    // A number from 0 to 1: whoever stands so far down the line leaves.
    const steps = fc.array(
      fc.oneof(fc.constant("join" as const), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
    );
    fc.assert(
      fc.property(steps, (all) => {
        const line = new WaitingLine<number>();
        const expected: Place<number>[] = [];
        all.forEach((step, who) => {
          if (step === "join") expected.push(line.join(who));
          else for (const place of expected.splice(Math.floor(step * expected.length), 1)) line.leave(place);
          expect(line.toArray()).toEqual(expected.map((place) => place.who));
          expect(line.length).toBe(expected.length);
          expect(line.first).toBe(expected[0]?.who);
        });
      }),
    );
  });

  it("does not keep alive who has left through who left before", () => {
    const line = new WaitingLine<string>();
    const [a, b] = [line.join("a"), line.join("b")];
    line.join("c");
    line.leave(a);
    line.leave(b);
    expect([a.behind, b.before, b.behind]).toEqual([undefined, undefined, undefined]);
    expect(line.toArray()).toEqual(["c"]);
  });
});
