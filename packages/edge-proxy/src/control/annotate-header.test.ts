import { readFileSync } from "node:fs";
import { decode, encode, nlbHeader, nlbHealthCheckHeader } from "@edgekit/pp2";
import { describe, expect, it } from "vitest";
import { annotateHeader } from "./annotate-header.ts";

interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly expect: { readonly ok: boolean; readonly consumed?: number };
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../../pp2/vectors/pp2-vectors.json", import.meta.url), "utf8"),
);

function decodeProblem(bytes: Uint8Array): string | undefined {
  const result = decode(bytes, { end: true, maxHeaderSize: 65_551 });
  return result.status === "invalid" ? result.code : undefined;
}

const client = { address: "198.51.100.7", port: 40001 };
const node = { address: "10.0.0.5", port: 443 };

function hex(text: string): Uint8Array {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

/** `name: value` of each part, a space in front for each level. */
function lines(bytes: Uint8Array): string[] {
  return annotateHeader(bytes).parts.map(({ level, name, value }) => `${" ".repeat(level)}${name}: ${value}`);
}

describe("annotateHeader", () => {
  it("says what each byte of an NLB's header means", () => {
    const bytes = nlbHeader({ source: client, destination: node, awsVpcEndpointId: "vpce-08d2bf15fac5001c9" });
    expect(lines(bytes)).toEqual([
      "signature: PROXY protocol version 2",
      "version and command: version 2, PROXY: a relayed connection",
      "family: TCP over IPv4",
      "length: 84 bytes follow",
      "source address: 198.51.100.7",
      "destination address: 10.0.0.5",
      "source port: 40001",
      "destination port: 443",
      "TLV 0x03 CRC32C: 4 bytes",
      " checksum: ok",
      "TLV 0xea AWS: 23 bytes",
      " subtype: 0x01 VPC endpoint",
      " id: vpce-08d2bf15fac5001c9",
      "TLV 0x04 NOOP: 36 bytes",
      " padding: to be ignored",
    ]);
  });

  it("reads the TLVs of a health check's header, which has a family and no addresses", () => {
    expect(lines(nlbHealthCheckHeader()).slice(1, 6)).toEqual([
      "version and command: version 2, LOCAL: the sender's own connection, such as a health check",
      "family: TCP over IPv4 (of a LOCAL header, to be ignored)",
      "length: 84 bytes follow",
      "TLV 0x03 CRC32C: 4 bytes",
      " checksum: ok",
    ]);
  });

  it("writes IPv6 addresses as RFC 5952 does, and the path of a Unix socket", () => {
    const ipv6 = encode({ source: { address: "2001:db8::1", port: 1 }, destination: { address: "::1", port: 2 } });
    expect(lines(ipv6).slice(4, 6)).toEqual(["source address: 2001:db8::1", "destination address: ::1"]);
    const unix = encode({
      family: "UNIX",
      source: { address: "/run/a", port: 0 },
      destination: { address: "\0b", port: 0 },
    });
    expect(lines(unix).slice(4)).toEqual(['source address: "/run/a"', 'destination address: "\\u0000b"']);
  });

  it("opens SSL, Azure and Google TLVs", () => {
    const tlvs = [
      { type: 0x20, value: hex("05 00000000 21 0007 544c5376312e33 22 0003 626f62") },
      { type: 0xee, value: hex("01 04030201") },
      { type: 0xe0, value: hex("0000000000000007") },
    ];
    expect(lines(encode({ source: client, destination: node, tlvs })).slice(8)).toEqual([
      "TLV 0x20 SSL: 21 bytes",
      " client: over TLS, certificate in this session",
      " verify: 0: no fault found",
      " TLV 0x21 VERSION: 7 bytes",
      '  value: "TLSv1.3"',
      " TLV 0x22 CN: 3 bytes",
      '  value: "bob"',
      "TLV 0xee Azure: 5 bytes",
      " subtype: 0x01 private endpoint",
      " LinkID (little-endian): 16909060",
      "TLV 0xe0 Google Cloud: 8 bytes",
      " Private Service Connect id: 7",
    ]);
  });

  it("lets no control character of a sender through", () => {
    const tlvs = [{ type: 0x02, value: Buffer.from("a\u001b[31m\u009b\u202e\r\n") }];
    const [text] = lines(encode({ source: client, destination: node, tlvs })).slice(-1);
    expect(text).toBe(' text: "a\\u001b[31m\\u{9b}\\u{202e}\\r\\n"');
  });

  it("says which CRC32C would be right", () => {
    const bytes = nlbHeader({ source: client, destination: node });
    bytes[16] = (bytes[16] as number) ^ 1;
    const { problem, parts } = annotateHeader(bytes);
    expect(problem).toMatchObject({ code: "PP2_CRC_MISMATCH", offset: 31 });
    const right = /wrong: these bytes would have 0x([0-9a-f]{8})/.exec(parts[9]?.value ?? "")?.[1] ?? "";
    bytes.set(Buffer.from(right, "hex"), 31);
    expect(annotateHeader(bytes).problem).toBeUndefined();
  });

  it("reads a version 1 line, and names the words of a wrong one", () => {
    expect(annotateHeader(Buffer.from("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET")).following).toBe(3);
    expect(lines(Buffer.from("PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n")).slice(4, 6)).toEqual([
      'source port: "01"',
      'destination port: "2"',
    ]);
    expect(annotateHeader(Buffer.from("PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n")).problem).toEqual({
      code: "PP2_V1_BAD_PORT",
      offset: 31,
      message: "v1 bad port: byte 31",
      expected: "a number from 0 to 65535 without leading zeros",
    });
  });

  it.each([
    ["GET / HTTP/1.1\r\n", "HTTP"],
    ["\x16\x03\x01\x02\x00\x01", "a TLS handshake"],
    ["SSH-2.0-x", "SSH"],
    ["\0\x01hello", '"\\u0000\\u0001hello"'],
  ])("guesses what came instead of a header: %j", (text, what) => {
    const { version, parts, problem } = annotateHeader(Buffer.from(text, "latin1"));
    expect([version, parts[0]?.value, problem?.code]).toEqual([undefined, what, "PP2_NOT_PROXY_PROTOCOL"]);
  });

  it("says how many bytes are missing of a header that was cut off, at any length", () => {
    const whole = nlbHeader({ source: client, destination: node });
    for (let length = 0; length < whole.length; length++) {
      const { problem, parts } = annotateHeader(whole.subarray(0, length));
      expect(problem).toMatchObject({ code: "PP2_TRUNCATED", offset: length });
      expect(covered(parts), `${length}`).toBe(length);
    }
  });

  it.each(vectors)(
    "covers each byte of a header once, and refuses what the codec refuses: $name",
    ({ hex, expect: wanted }) => {
      const bytes = Buffer.from(hex, "hex");
      const { version, parts, length, following, problem } = annotateHeader(bytes);
      expect(problem?.code).toEqual(decodeProblem(bytes));
      if (problem !== undefined || version === 1) return;
      expect(covered(parts)).toBe(length);
      expect(length + following).toBe(bytes.length);
      if (wanted.ok) expect(length).toBe(wanted.consumed);
    },
  );
});

/** How many bytes the parts cover, side by side from the first on. */
function covered(parts: readonly { readonly offset: number; readonly hex: string }[]): number {
  return parts.reduce((at, { offset, hex: bytes }) => {
    expect(offset).toBe(at);
    return at + bytes.length / 2;
  }, 0);
}
