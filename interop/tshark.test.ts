import { encode, nlbHeader, nlbHealthCheckHeader } from "@edgekit/pp2";
import { hasCommand } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { pcapOf } from "./support/pcap.ts";
import { Program } from "./support/process.ts";

const v4 = { source: { address: "203.0.113.7", port: 51_234 }, destination: { address: "10.0.0.5", port: 443 } };
const v6 = { source: { address: "2001:db8::7", port: 51_234 }, destination: { address: "2001:db8::5", port: 443 } };
const awsVpcEndpointId = "vpce-08d2bf15fac5001c9";

const hex = (text: string): string => Buffer.from(text).toString("hex");

describe.skipIf(!hasCommand("tshark"))("needs tshark: its dissector reads our headers", () => {
  it.each([
    {
      what: "an NLB's header",
      bytes: nlbHeader(v4),
      fields: { src: "203.0.113.7", sport: "51234", dst: "10.0.0.5", dport: "443", length: "84", types: "0x03,0x04" },
    },
    {
      what: "with a VPC endpoint's id",
      bytes: nlbHeader({ ...v4, awsVpcEndpointId }),
      fields: {
        src: "203.0.113.7",
        types: "0x03,0xea,0x04",
        values: expect.stringContaining(`,01${hex(awsVpcEndpointId)},`),
      },
    },
    {
      what: "for IPv6",
      bytes: nlbHeader({ ...v6, awsVpcEndpointId }),
      // The padding begins at byte 85: tshark 4.0 looks for TLVs up to the length field's 84 and leaves out the fixed 16 bytes.
      fields: { src6: "2001:db8::7", dst6: "2001:db8::5", sport: "51234", dport: "443", types: "0x03,0xea" },
    },
    {
      what: "with other TLVs",
      bytes: encode({ ...v4, crc32c: true, tlvs: [{ type: 2, value: Buffer.from("edgekit.test") }], padTo: 128 }),
      fields: { types: "0x03,0x02,0x04", values: expect.stringContaining(hex("edgekit.test")) },
    },
  ])("$what: every field right and none malformed", async ({ bytes, fields }) => {
    expect(await dissect(bytes)).toMatchObject({ magic: "0d0a0d0a000d0a515549540a", ...fields, malformed: "" });
  });

  // Its dissector goes by the family byte, also for LOCAL, and so takes TLVs of a real NLB's health check for addresses.
  it("knows an NLB's health check for a LOCAL command", async () => {
    expect(await dissect(nlbHealthCheckHeader())).toMatchObject({ command: "0", length: "84" });
  });

  it("finds a malformed field in a header that has one, so that the absence of one means something", async () => {
    const bytes = nlbHeader(v4);
    // The length of the first TLV: far past the end.
    bytes[29] = 0xff;
    expect((await dissect(bytes)).malformed).not.toBe("");
  });
});

const columns = {
  magic: "proxy.v2.magic",
  command: "proxy.v2.cmd",
  length: "proxy.v2.length",
  src: "proxy.src.ipv4",
  dst: "proxy.dst.ipv4",
  src6: "proxy.src.ipv6",
  dst6: "proxy.dst.ipv6",
  sport: "proxy.srcport",
  dport: "proxy.dstport",
  types: "proxy.v2.tlv.type",
  values: "proxy.v2.tlv.value",
  malformed: "_ws.malformed",
};

/** What tshark makes of a header at the start of a TCP connection; several values of a field are joined by commas. */
async function dissect(header: Uint8Array): Promise<Record<keyof typeof columns, string>> {
  const fields = Object.values(columns).flatMap((field) => ["-e", field]);
  await using tshark = await Program.start(
    (folder) => ["tshark", "-n", "-r", `${folder}/one.pcap`, "-T", "fields", "-E", "separator=|", ...fields],
    { "one.pcap": pcapOf(Buffer.concat([header, Buffer.from("GET / HTTP/1.1\r\n\r\n")])) },
  );
  const output = await tshark.finishes();
  const values =
    output
      .split("\n")
      .find((line) => line.includes("|"))
      ?.split("|") ?? [];
  const read = Object.keys(columns).map((name, i) => [name, values[i] ?? ""]);
  return Object.fromEntries(read) as Record<keyof typeof columns, string>;
}
