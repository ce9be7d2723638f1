import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText } from "./json-text.ts";
import { json, longJson } from "./reply.ts";

/** The same value with each list as one whose items are made when they are reached. */
function inParts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inParts).values();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inParts(member)]));
}

const whole = (value: unknown): string => JSON.stringify(value, null, 2);
const joined = (value: unknown): string => [...jsonText(value)].join("");

describe("JSON in pieces", () => {
  it("is what JSON.stringify gives, whatever the value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 5 }), (value) => {
        expect(joined(value)).toBe(whole(value));
        expect(joined(inParts(value))).toBe(whole(value));
        expect(joined([inParts(value)])).toBe(whole([value]));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["members that are undefined", { a: undefined, list: [1], b: undefined }],
    ["nothing but members that are undefined, beside an empty list", { a: undefined, list: [] }],
    ["items that are undefined", { list: [undefined, 1, undefined] }],
    ["line feeds, quotes and backslashes", { 'key\n"\\': ['\n"\\\u2028'] }],
    ["a value with toJSON", { at: new Date(0), list: [new Date(0)] }],
  ])("is the same for %s", (_, value) => {
    const lists = Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, Array.isArray(member) ? member.values() : member]),
    );
    expect(joined(lists)).toBe(whole(value));
  });

  it("makes an item when the text of the one before is out", () => {
    const made: number[] = [];
    function* items(): Generator<number> {
      for (let i = 0; i < 100; i++) {
        made.push(i);
        yield i;
      }
    }
    const pieces = jsonText({ items: items() });
    let text = "";
    while (!text.includes("\n    2")) text += pieces.next().value;
    expect(made).toEqual([0, 1, 2]);
  });
});

describe("a long answer", () => {
  it("is the same text, and lets others have their turn while it is written", async () => {
    const items = Array.from({ length: 20_000 }, (_, i) => ({ name: `item ${i}`, text: "ünïcode 🙂" }));
    let turns = 0;
    const reply = longJson(200, { items: items.values() });
    const count = (): void => {
      turns++;
      if (!isWritten) setImmediate(count);
    };
    let isWritten = false;
    setImmediate(count);
    const { status, headers, body } = await reply;
    isWritten = true;
    const expected = json(200, { items });
    expect([status, headers]).toEqual([expected.status, expected.headers]);
    expect(Buffer.concat(body as readonly Buffer[]).toString()).toBe(expected.body);
    expect(turns).toBeGreaterThan(5);
  });
});
