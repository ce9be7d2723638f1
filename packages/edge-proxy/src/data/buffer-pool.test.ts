import fc from "fast-check";
import { expect, it } from "vitest";
import { BufferPool } from "./buffer-pool.ts";

const bytes = 8;

it("lends each buffer to one at a time, never more than it may, and the same ones again", () => {
  const limits = fc.record({ mostLent: fc.nat(6), mostKept: fc.nat(6) });
  fc.assert(
    fc.property(limits, fc.array(fc.nat(9)), ({ mostLent, mostKept }, steps) => {
      const pool = new BufferPool({ bytes, mostLent, mostKept });
      const lent: Uint8Array[] = [];
      const kept: Uint8Array[] = [];
      for (const step of steps) {
        const [back] = step < 5 ? lent.splice(step, 1) : [];
        if (back !== undefined) {
          pool.takeBack(back);
          if (kept.length < mostKept) kept.push(back);
        } else if (step >= 5) {
          const buffer = pool.lend();
          if (lent.length === mostLent) expect(buffer).toBeUndefined();
          else if (kept.length > 0) expect(buffer).toBe(kept.pop());
          else expect(buffer?.length).toBe(bytes);
          if (buffer === undefined) continue;
          expect(lent).not.toContain(buffer);
          lent.push(buffer);
        }
        expect(pool.lent).toBe(lent.length);
      }
    }),
  );
});
