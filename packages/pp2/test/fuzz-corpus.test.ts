import { expect, test } from "vitest";
import { loadCorpus } from "../fuzz/corpus.js";
import { checkInput, mutate, randomFrom } from "../fuzz/target.js";
import * as codec from "../src/index.ts";

const corpus = loadCorpus();

test("the corpus is there", () => expect(corpus.length).toBeGreaterThan(0));

test.each(corpus)("$name breaks no promise", ({ bytes }) => checkInput(bytes, codec));

test("neither do a hundred mutations of each", () => {
  const random = randomFrom(20_260_427);
  for (const { bytes } of corpus) for (let i = 0; i < 100; i++) checkInput(mutate(bytes, random), codec);
});

test("the target finds a codec that is wrong", () => {
  const [input] = corpus;
  const wrong = { ...codec, encode: () => new Uint8Array(16) };
  expect(() => corpus.forEach(({ bytes }) => void checkInput(bytes, wrong))).toThrow("broken");
  expect(input?.bytes).toBeDefined();
});
