import { expect, test } from "vitest";
import { mutate, randomFrom } from "../fuzz/target.js";
import { decode, encode, HeaderView, STATUS_INCOMPLETE, STATUS_INVALID, STATUS_OK } from "../src/index.ts";
import { fromHex, loadVectors } from "../vectors/runner.js";

const MILLION = 1_000_000;

/** Decodes, reads what there is to read, and counts the verdicts; a throw fails the test. */
function counter() {
  const view = new HeaderView({ maxHeaderSize: 65551 });
  const counts = [0, 0, 0];
  return {
    counts,
    take(bytes: Uint8Array): void {
      const status = view.decode(bytes);
      counts[status]!++;
      if (status !== STATUS_OK) return;
      view.sourceAddress();
      view.destinationAddress();
      view.awsVpcEndpointId();
      let end = view.tlvsStart;
      while (view.nextTlv()) end = view.tlvEnd;
      if (end !== view.tlvsEnd || view.bytesRead > bytes.length) throw new Error(`TLVs end at ${end}`);
    },
  };
}

test("a million random inputs: none throws, none is a header", () => {
  const random = randomFrom(1);
  const { counts, take } = counter();
  const pool = Uint8Array.from({ length: 1 << 16 }, () => random(256));
  for (let i = 0; i < MILLION; i++) {
    const start = random(1 << 16);
    take(pool.subarray(start, start + random(300)));
  }
  expect(counts[STATUS_OK]).toBe(0);
  expect(counts[STATUS_INVALID]).toBeGreaterThan(0.9 * MILLION);
});

test("a million random blocks behind a good start: none throws, and each verdict occurs", () => {
  const random = randomFrom(2);
  const { counts, take } = counter();
  const bytes = new Uint8Array(16 + 64);
  bytes.set(encode({ command: "PROXY" }));
  for (let i = 0; i < MILLION; i++) {
    bytes[12] = 0x20 | random(2);
    bytes[13] = (random(4) << 4) | random(3);
    bytes[15] = random(70);
    for (let at = 16; at < bytes.length; at++) bytes[at] = random(4) ? random(8) : random(256);
    take(bytes);
  }
  for (const status of [STATUS_OK, STATUS_INCOMPLETE, STATUS_INVALID]) expect(counts[status]).toBeGreaterThan(1000);
});

test("a million mutated vectors: none throws, and what is accepted can be written again", () => {
  const random = randomFrom(3);
  const { counts, take } = counter();
  const seeds = loadVectors().map(({ hex }) => fromHex(hex));
  for (let i = 0; i < MILLION / 20; i++) {
    const seed = mutate(seeds[random(seeds.length)] as Uint8Array, random);
    // Nineteen more for the price of one: the same input with a single other byte each.
    take(seed);
    for (let more = 0; more < 19 && seed.length > 0; more++) {
      const at = random(seed.length);
      const before = seed[at] as number;
      seed[at] = random(256);
      take(seed);
      seed[at] = before;
    }
    const result = decode(seed);
    if (result.status === "ok" && result.header.tlv(5) === undefined && result.header.tlv(3)?.length !== 0)
      encode(result.header);
  }
  for (const status of [STATUS_OK, STATUS_INCOMPLETE, STATUS_INVALID]) expect(counts[status]).toBeGreaterThan(1000);
});
