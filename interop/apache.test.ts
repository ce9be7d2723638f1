import { encode, nlbHeader, nlbHealthCheckHeader } from "@edgekit/pp2";
import { ProxyHeaderAgent } from "@edgekit/pp2/node";
import { hasCommand, trackLeaks, unusedPort } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startApache } from "./support/apache.ts";
import { exchange, httpAnswer } from "./support/exchange.ts";
import { request } from "./support/http.ts";
import { logged } from "./support/nginx.ts";

trackLeaks();

const v4 = { source: { address: "203.0.113.7", port: 51_234 }, destination: { address: "10.0.0.5", port: 443 } };
const v6 = { source: { address: "2001:db8::7", port: 51_234 }, destination: { address: "2001:db8::5", port: 443 } };
const get = "GET / HTTP/1.0\r\n\r\n";

describe.skipIf(!hasCommand("apache2"))("needs apache2: a real receiver of our headers (mod_remoteip)", () => {
  it("knows the client from each of our forms", async () => {
    const port = await unusedPort();
    await using _ = await startApache(port);
    const awsVpcEndpointId = "vpce-08d2bf15fac5001c9";
    const forms = {
      "version 1": { bytes: encode({ ...v4, version: 1 }), client: "203.0.113.7" },
      "version 1, IPv6": { bytes: encode({ ...v6, version: 1 }), client: "2001:db8::7" },
      "version 2": { bytes: encode(v4), client: "203.0.113.7" },
      "version 2, IPv6": { bytes: encode(v6), client: "2001:db8::7" },
      "an NLB's with a VPC endpoint": { bytes: nlbHeader({ ...v4, awsVpcEndpointId }), client: "203.0.113.7" },
      "an NLB's, IPv6": { bytes: nlbHeader({ ...v6, awsVpcEndpointId }), client: "2001:db8::7" },
      "an NLB's health check": { bytes: nlbHealthCheckHeader(), client: "127.0.0.1" },
    };
    for (const [form, { bytes, client }] of Object.entries(forms)) {
      const answer = httpAnswer(await exchange(port, bytes, get));
      expect({ form, ...answer }).toEqual({ form, status: 404, body: client });
    }
  });

  it("logs the client's address and port of a request through our http.Agent", async () => {
    const port = await unusedPort();
    await using apache = await startApache(port);
    const agent = new ProxyHeaderAgent({ source: v4.source, crc32c: true });
    expect((await request(port, "/", agent)).body).toBe("203.0.113.7");
    await logged(apache, /client=203\.0\.113\.7:51234/);
  });

  it("hangs up when the signature, version, command, family or length is wrong, or the header missing", async () => {
    const port = await unusedPort();
    await using _ = await startApache(port);
    const good = nlbHeader(v4);
    for (const [offset, value] of [
      [11, 0x00],
      [12, 0x31],
      [12, 0x22],
      [13, 0x41],
      [14, 0xff],
    ] as const) {
      const bad = Uint8Array.from(good, (byte, i) => (i === offset ? value : byte));
      expect({ offset, ...httpAnswer(await exchange(port, bad, get)) }).toEqual({ offset, status: 0, body: "" });
    }
    expect(httpAnswer(await exchange(port, get)).status).toBe(0);
  });

  // So its accepting a header says nothing about our CRC: HAProxy and Varnish are the witnesses of that.
  it("does not look at the CRC", async () => {
    const port = await unusedPort();
    await using _ = await startApache(port);
    const header = nlbHeader(v4);
    header[25] = (header[25] ?? 0) ^ 1;
    expect(httpAnswer(await exchange(port, header, get)).body).toBe("203.0.113.7");
  });
});
