import { describe, expect, it } from "vitest";
import { compileTrust } from "./trust.ts";

function trusts(trusted: readonly string[], address: string): boolean {
  return compileTrust(trusted)({ address, port: 40001 });
}

describe("trusted", () => {
  it.each([
    [["10.0.0.0/8"], "10.255.0.1", true],
    [["10.0.0.0/8"], "11.0.0.1", false],
    [["10.1.2.3/8"], "10.9.9.9", true],
    [["192.0.2.1"], "192.0.2.1", true],
    [["192.0.2.1"], "192.0.2.2", false],
    [["2001:db8::/32"], "2001:db8:ffff::1", true],
    [["2001:db8::/32"], "2001:db9::1", false],
    [["::1"], "::1", true],
    [["192.0.2.0/31", "::1"], "::1", true],
    [["unix:"], "unix:", true],
    [["0.0.0.0/0", "::/0"], "unix:", false],
  ])("%j for %s: %s", (trusted, address, expected) => {
    expect(trusts(trusted, address)).toBe(expected);
  });

  it("matches the IPv4 peer of a dual-stack socket as IPv4", () => {
    expect(trusts(["10.0.0.0/8"], "::ffff:10.1.2.3")).toBe(true);
    expect(trusts(["10.0.0.0/8"], "::ffff:11.1.2.3")).toBe(false);
  });

  it("takes ranges in mapped notation", () => {
    expect(trusts(["::ffff:10.0.0.0/104"], "10.1.2.3")).toBe(true);
    expect(trusts(["::ffff:10.0.0.0/104"], "::ffff:10.1.2.3")).toBe(true);
    expect(trusts(["::ffff:10.0.0.1"], "10.0.0.2")).toBe(false);
  });

  it("keeps the two families apart: everybody in one is nobody in the other", () => {
    expect(trusts(["0.0.0.0/0"], "192.0.2.1")).toBe(true);
    expect(trusts(["0.0.0.0/0"], "2001:db8::1")).toBe(false);
    expect(trusts(["::/0"], "2001:db8::1")).toBe(true);
    expect(trusts(["::/0"], "192.0.2.1")).toBe(false);
    expect(trusts(["::/0"], "::ffff:192.0.2.1")).toBe(false);
  });

  it.each([
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "10.0.0.0/ 8",
    "10.0.0.0/0x8",
    "10.0.0/8",
    "10.0.0.256",
    "2001:db8::/129",
    "fe80::1%eth0",
    "fe80::%eth0/64",
    "example.com",
    "unix",
    "",
    "*",
  ])("refuses %j at set-up, by name", (entry) => {
    expect(() => compileTrust(["127.0.0.1", entry])).toThrow(TypeError);
    expect(() => compileTrust(["127.0.0.1", entry])).toThrow(JSON.stringify(entry));
  });

  it.each([undefined, null, "10.0.0.0/8", true, 1, {}, [], [1], [undefined]])(
    "refuses %j in place of a list",
    (value) => {
      expect(() => compileTrust(value as never)).toThrow(TypeError);
      expect(() => compileTrust(value as never)).toThrow('"trusted"');
    },
  );
});
