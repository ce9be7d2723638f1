import { encode, nlbHeader, nlbHealthCheckHeader, PP2_TYPE_AUTHORITY } from "@edgekit/pp2";
import { connectWithHeader } from "@edgekit/pp2/node";
import { collect, hasCommand, trackLeaks, unusedPort, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { exchange, httpAnswer } from "./support/exchange.ts";
import { startVarnish } from "./support/varnish.ts";

trackLeaks();

const v4 = { source: { address: "203.0.113.7", port: 51_234 }, destination: { address: "10.0.0.5", port: 443 } };
const v6 = { source: { address: "2001:db8::7", port: 51_234 }, destination: { address: "2001:db8::5", port: 443 } };
const seenV4 = "203.0.113.7:51234 10.0.0.5:443 authority=";
const seenV6 = "2001:db8::7:51234 2001:db8::5:443 authority=";
const request = "GET / HTTP/1.0\r\n\r\n";

describe.skipIf(!hasCommand("varnishd"))("needs varnishd: a real receiver of our headers", () => {
  it("knows client and destination from each of our forms", async () => {
    const port = await unusedPort();
    await using _ = await startVarnish(port);
    const awsVpcEndpointId = "vpce-08d2bf15fac5001c9";
    const tlvs = [{ type: PP2_TYPE_AUTHORITY, value: Buffer.from("edgekit.test") }];
    const forms = {
      "version 1": { bytes: encode({ ...v4, version: 1 }), seen: seenV4 },
      "version 1, IPv6": { bytes: encode({ ...v6, version: 1 }), seen: seenV6 },
      "version 2": { bytes: encode(v4), seen: seenV4 },
      "version 2, IPv6": { bytes: encode(v6), seen: seenV6 },
      "an NLB's": { bytes: nlbHeader(v4), seen: seenV4 },
      "an NLB's with a VPC endpoint": { bytes: nlbHeader({ ...v4, awsVpcEndpointId }), seen: seenV4 },
      "an NLB's, IPv6": { bytes: nlbHeader({ ...v6, awsVpcEndpointId }), seen: seenV6 },
      authority: { bytes: encode({ ...v4, crc32c: true, tlvs, padTo: 128 }), seen: `${seenV4}edgekit.test` },
    };
    for (const [form, { bytes, seen }] of Object.entries(forms)) {
      expect({ form, ...httpAnswer(await exchange(port, bytes, request)) }).toEqual({ form, status: 200, body: seen });
    }
  });

  it("serves an NLB's health check under the peer's own address, although its family byte says IPv4", async () => {
    const port = await unusedPort();
    await using _ = await startVarnish(port);
    for (const local of [nlbHealthCheckHeader(), encode({ command: "LOCAL" })]) {
      const { status, body } = httpAnswer(await exchange(port, local, request));
      expect(status).toBe(200);
      expect(body).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\d+ 127\\.0\\.0\\.1:${port} `));
    }
  });

  it("is reached with connectWithHeader", async () => {
    const port = await unusedPort();
    await using _ = await startVarnish(port);
    const { source } = v4;
    const socket = await connectWithHeader({ host: "127.0.0.1", port, source, crc32c: true, firstPayload: request });
    const { body } = httpAnswer(await withDeadline(collect(socket), "the answer"));
    expect(body).toBe(`203.0.113.7:51234 127.0.0.1:${port} authority=`);
  });

  it("hangs up on a header in which one bit is wrong: its CRC check is real", async () => {
    const port = await unusedPort();
    await using _ = await startVarnish(port);
    const good = nlbHeader(v4);
    expect(httpAnswer(await exchange(port, good, request)).status).toBe(200);
    // Signature, version and command, a bit of the client's port, the length of a TLV, padding.
    for (const offset of [11, 12, 25, 30, 99]) {
      const bad = Uint8Array.from(good, (byte, i) => (i === offset ? byte ^ 4 : byte));
      expect({ offset, ...httpAnswer(await exchange(port, bad, request)) }).toEqual({ offset, status: 0, body: "" });
    }
    expect(httpAnswer(await exchange(port, request)).status).toBe(0);
  });
});
