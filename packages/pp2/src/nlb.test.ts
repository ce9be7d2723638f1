import { expect, test } from "vitest";
import { fromHex, toHex } from "../vectors/runner.js";
import { awsVpcEndpointId, decode, NLB_HEADER_LENGTH, nlbHeader, nlbHealthCheckHeader, nlbTemplate } from "./index.ts";

const fixed = "0d0a0d0a000d0a515549540a";
const zeros = (count: number): string => "00".repeat(count);
const vpcEndpoint = "vpce-08d2bf15fac5001c9";

test("an ordinary connection: the bytes of a capture", () => {
  const header = nlbHeader({
    source: { address: "35.153.225.202", port: 52018 },
    destination: { address: "10.0.36.133", port: 443 },
  });
  expect(toHex(header)).toBe(`${fixed}211100542399e1ca0a002485cb3201bb030004c4fb1a1b04003e${zeros(62)}`);
});

test("a connection through PrivateLink: the bytes of a capture", () => {
  const [source, destination] = [
    { address: "172.31.7.113", port: 51442 },
    { address: "172.31.10.31", port: 80 },
  ];
  const captured =
    `${fixed}21110054ac1f0771ac1f0a1fc8f20050030004e8d6892dea0017` +
    `01767063652d3038643262663135666163353030316339040024${zeros(36)}`;
  expect(toHex(nlbHeader({ source, destination, awsVpcEndpointId: vpcEndpoint }))).toBe(captured);
  expect(toHex(nlbTemplate({ family: "INET", awsVpcEndpointId: vpcEndpoint }).encode(source, destination))).toBe(
    captured,
  );
});

test("a health check: the bytes of a capture, in a new array each time", () => {
  expect(toHex(nlbHealthCheckHeader())).toBe(`${fixed}20110054030004bce5951f04004a${zeros(74)}`);
  nlbHealthCheckHeader().fill(0);
  expect(decode(nlbHealthCheckHeader(), { crc32c: "require" })).toMatchObject({
    bytesRead: 100,
    header: { command: "LOCAL", family: "UNSPEC", source: null, destination: null },
  });
});

test("IPv6 has 100 bytes too", () => {
  const [source, destination] = [
    { address: "2001:db8::1", port: 1 },
    { address: "2001:db8::2", port: 2 },
  ];
  for (const id of [undefined, vpcEndpoint]) {
    const header = nlbHeader({ source, destination, ...(id && { awsVpcEndpointId: id }) });
    expect(header).toHaveLength(NLB_HEADER_LENGTH);
    const result = decode(header, { crc32c: "require" });
    expect(result).toMatchObject({ header: { source, destination } });
    if (result.status === "ok") expect(awsVpcEndpointId(result.header)).toBe(id);
    expect(nlbTemplate({ family: "INET6", ...(id && { awsVpcEndpointId: id }) }).encode(source, destination)).toEqual(
      header,
    );
  }
});

test("an endpoint id that leaves no room for the padding makes the header as long as it must be", () => {
  const end = { address: "::1", port: 1 };
  // 52 bytes, 7 of CRC32C, 4 of the endpoint's TLV: an id of 37 to 41 ends at byte 100 to 104.
  const lengths = [34, 35, 36, 37, 38].map(
    (length) => nlbHeader({ source: end, destination: end, awsVpcEndpointId: "v".repeat(length) }).length,
  );
  expect(lengths).toEqual([100, 98, 99, 100, 101]);
});

test("reading a capture and writing it again gives the capture", () => {
  const capture = fromHex(`${fixed}211100542399e1ca0a002485cb3201bb030004c4fb1a1b04003e${zeros(62)}`);
  const result = decode(capture);
  if (result.status !== "ok" || !result.header.source || !result.header.destination) throw new Error("not decoded");
  const { source, destination } = result.header;
  expect(nlbHeader({ source, destination })).toEqual(capture);
});
