import { expect, test } from "vitest";
import { decodeDatagram, encode, encodeDatagram } from "./index.ts";

const source = { address: "203.0.113.5", port: 40000 };
const destination = { address: "10.0.0.53", port: 53 };
const payload = Uint8Array.of(0xab, 0xcd, 1);

test("header and payload come from one datagram, the payload as a view", () => {
  const datagram = encodeDatagram({ source, destination, crc32c: true }, payload);
  const result = decodeDatagram(datagram);
  expect(result).toMatchObject({ status: "ok", bytesRead: 35, header: { transport: "DGRAM", source, destination } });
  if (result.status !== "ok") return;
  expect(result.payload).toEqual(payload);
  expect(result.payload.buffer).toBe(datagram.buffer);
});

test("an empty payload is a payload", () => {
  expect(decodeDatagram(encodeDatagram({ source, destination }, new Uint8Array(0)))).toMatchObject({
    payload: new Uint8Array(0),
  });
});

test("a header that is cut off is invalid: the rest will not come in another datagram", () => {
  const datagram = encodeDatagram({ source, destination }, payload);
  for (let length = 0; length < 28; length++) {
    expect(decodeDatagram(datagram.subarray(0, length))).toMatchObject({ code: "PP2_TRUNCATED", offset: length });
  }
});

test("version 1 is for TCP: refused unless asked for", () => {
  const line = encode({ version: 1, source, destination });
  expect(decodeDatagram(line)).toMatchObject({ code: "PP2_NOT_PROXY_PROTOCOL" });
  expect(decodeDatagram(line, { versions: [1] })).toMatchObject({ status: "ok" });
});

test("Cloudflare's Simple Proxy Protocol is another protocol", () => {
  const result = decodeDatagram(Uint8Array.of(0x56, 0xec, ...new Array(36).fill(0)));
  expect(result).toMatchObject({ code: "PP2_NOT_PROXY_PROTOCOL", offset: 0 });
});
