import { describe, expect, it } from "vitest";
import { clip, columns, styleFor, usesColour } from "./style.ts";

describe("colours", () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [true, { TERM: "dumb" }, false],
    [false, { FORCE_COLOR: "1" }, true],
    [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    [true, { FORCE_COLOR: "0" }, false],
  ])("terminal %j with %j: %j", (isTTY, env, expected) => {
    expect(usesColour({ isTTY }, env)).toBe(expected);
    expect(styleFor({ isTTY }, env)("red", "x")).toBe(expected ? "\u001b[31mx\u001b[39m" : "x");
  });
});

describe("columns", () => {
  it("are as wide as what is seen of their widest cell", () => {
    expect(columns([["a", "\u001b[31mbb\u001b[39m", "c"], ["aaa", "b"], []])).toEqual([
      "a    \u001b[31mbb\u001b[39m  c",
      "aaa  b",
      "",
    ]);
  });
});

describe("clip", () => {
  it("cuts what is seen and keeps the end of a colour", () => {
    expect(clip("abc", 3)).toBe("abc");
    expect(clip("a\u001b[31mbcd\u001b[39m", 2)).toBe("a\u001b[31mb\u001b[39m");
  });
});
