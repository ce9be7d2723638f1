import { expect, test } from "vitest";
import { decode, encode, type Header, type SslInfo, ssl } from "./index.ts";

function headerWith(...value: number[]): Header {
  const end = { address: "192.0.2.1", port: 1 };
  const tlvs = [{ type: 0x20, value: Uint8Array.from(value) }];
  const result = decode(encode({ source: end, destination: end, tlvs }));
  if (result.status !== "ok") throw new Error(JSON.stringify(result));
  return result.header;
}

test("verified needs TLS, a certificate on the connection or in the session, and a result of 0", () => {
  for (let client = 0; client < 8; client++) {
    for (const verify of [0, 1, 21]) {
      const info = ssl(headerWith(client, 0, 0, 0, verify)) as SslInfo;
      expect(info).toMatchObject({
        client,
        verify,
        clientSsl: (client & 1) !== 0,
        certConn: (client & 2) !== 0,
        certSess: (client & 4) !== 0,
        verified: verify === 0 && [3, 5, 7].includes(client),
      });
    }
  }
});

test("verify is unsigned", () => expect(ssl(headerWith(7, 0xff, 0xff, 0xff, 0xff))?.verify).toBe(0xffffffff));

test("each sub-TLV has its field; those missing are undefined; the first of equals counts", () => {
  const text = (type: number, value: string): number[] => [type, 0, value.length, ...new TextEncoder().encode(value)];
  const info = ssl(
    headerWith(
      7,
      0,
      0,
      0,
      0,
      ...text(0x21, "TLSv1.3"),
      ...text(0x22, "a"),
      ...text(0x22, "b"),
      ...text(0x26, "X25519"),
      0x28,
      0,
      1,
      0x30,
    ),
  );
  expect(info).toMatchObject({ version: "TLSv1.3", cn: "a", group: "X25519", clientCert: Uint8Array.of(0x30) });
  expect(info?.cipher).toBeUndefined();
  expect(info?.subTlvs.map(({ type }) => type)).toEqual([0x21, 0x22, 0x22, 0x26, 0x28]);
});

test("a name that is not UTF-8 is undefined, its bytes are still there", () => {
  const info = ssl(headerWith(3, 0, 0, 0, 0, 0x22, 0, 1, 0xff));
  expect(info?.cn).toBeUndefined();
  expect(info?.subTlvs).toEqual([{ type: 0x22, value: Uint8Array.of(0xff) }]);
});

test("types 0x21 to 0x28 outside the SSL TLV mean nothing", () => {
  const result = decode(encode({ tlvs: [{ type: 0x22, value: Uint8Array.of(0x61) }] }));
  expect(result.status === "ok" && ssl(result.header)).toBeUndefined();
});

test("a malformed value in a header of one's own making is undefined", () => {
  const source = (value: number[]) => ({ tlv: () => Uint8Array.from(value) });
  expect(ssl(source([1, 0, 0, 0]))).toBeUndefined();
  expect(ssl(source([1, 0, 0, 0, 0, 0x21, 0, 9]))).toBeUndefined();
  expect(ssl(source([1, 0, 0, 0, 0]))).toBeDefined();
});
