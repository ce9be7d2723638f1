/**
 * Mutates the corpus for a time and checks every input; what breaks a promise is kept in corpus/ for the test to replay.
 *
 *     pnpm build && node packages/pp2/fuzz/run.js --seconds 60 [--seed 1]
 */

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as codec from "../dist/index.js";
import { corpusFolder, loadCorpus } from "./corpus.js";
import { checkInput, mutate, randomFrom } from "./target.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
});
const random = randomFrom(Number(values.seed));
const pool = loadCorpus().map(({ bytes }) => bytes);
const seen = new Set();
const stopAt = performance.now() + 1000 * Number(values.seconds);
let inputs = 0;

while (performance.now() < stopAt) {
  const bytes = mutate(pool[random(pool.length)], random);
  inputs++;
  try {
    checkInput(bytes, codec);
  } catch (error) {
    const name = `found-${values.seed}-${inputs}.hex`;
    writeFileSync(new URL(name, corpusFolder), `# ${error.message}\n${Buffer.from(bytes).toString("hex")}\n`);
    process.stderr.write(`${name}: ${error.stack}\n`);
    process.exitCode = 1;
    break;
  }
  // An input with a verdict of a new kind is a good one to go on from.
  const result = codec.decode(bytes);
  const kind =
    result.status === "invalid" ? `${result.code}@${result.offset}` : `${result.status} ${result.header?.family}`;
  if (!seen.has(kind) && pool.length < 10_000) {
    seen.add(kind);
    pool.push(bytes);
  }
}
process.stdout.write(`seed ${values.seed}: ${inputs} inputs, ${seen.size} kinds of verdict\n`);
