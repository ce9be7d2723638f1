import { expect, test } from "vitest";
import { formatIPv4 } from "./address.ts";
import { IPv4Texts } from "./ipv4-texts.ts";

test("every address gets its own text, though thousands share a place", () => {
  const texts = new IPv4Texts();
  const bytes = new Uint8Array(8);
  for (let i = 0; i < 20_000; i++) {
    // Each comes three times: new, known, and known or forgotten again.
    const address = Math.imul(i - (i % 3 === 2 ? 1000 : i % 3), 0x01000193);
    new DataView(bytes.buffer).setInt32(3, address);
    expect(texts.get(bytes, 3)).toBe(formatIPv4(bytes, 3));
  }
});

test("0.0.0.0 is an address as any other", () => {
  expect(new IPv4Texts().get(new Uint8Array(4), 0)).toBe("0.0.0.0");
});
