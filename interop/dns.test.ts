import { createEdgeProxy, type EdgeProxy } from "@edgekit/edge-proxy";
import { hasCommand, trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Program } from "./support/process.ts";

trackLeaks();

const web = "web-749869f96a623ac6.elb.us-east-1.amazonaws.com";

/** What dig prints for a query to our server. */
async function dig({ dns }: EdgeProxy, ...query: string[]): Promise<string> {
  const port = String(dns?.port);
  await using program = await Program.start(() => ["dig", "@127.0.0.1", "-p", port, "+tries=1", ...query]);
  return await program.finishes();
}

const addressesIn = (output: string): string[] =>
  [...output.matchAll(/^\S+\s+60\s+IN\s+A\s+(\S+)$/gm)].map(([, ip = ""]) => ip);

describe.skipIf(!hasCommand("dig"))("needs dig: a real client of our DNS server", () => {
  const config = {
    admin: false,
    dns: { port: 0 },
    loadBalancers: [
      {
        name: "web",
        zones: [
          { name: "us-east-1a", address: "127.0.0.1", ipv6Address: "::1" },
          { name: "us-east-1b", address: "127.0.1.1" },
        ],
      },
    ],
  } as const;

  it.each([
    ["as dig asks by itself, with EDNS and a cookie", []],
    ["without EDNS", ["+noedns"]],
    ["over TCP", ["+tcp"]],
    ["with DO", ["+dnssec"]],
    ["with a client subnet", ["+subnet=192.0.2.0/24"]],
    ["with padding", ["+padding=128"]],
  ])("gets the addresses: %s", async (_, options) => {
    await using nlb = await createEdgeProxy(config).start();
    const output = await dig(nlb, ...options, web);
    expect(output).toMatch(/status: NOERROR[\s\S]*flags: qr aa rd;/);
    expect(addressesIn(output).sort()).toEqual(["127.0.0.1", "127.0.1.1"]);
    // Of all that dig may find fault with, only that we are no resolver.
    expect([...output.matchAll(/WARNING.*/gi)].map(String)).toEqual(["WARNING: recursion requested but not available"]);
  });

  it("gets AAAA records, zonal names, NXDOMAIN with its SOA, and REFUSED", async () => {
    await using nlb = await createEdgeProxy(config).start();
    expect(await dig(nlb, "+short", web, "AAAA")).toBe("::1\n");
    expect(await dig(nlb, "+short", `us-east-1b.${web}`)).toBe("127.0.1.1\n");
    const unknown = await dig(nlb, `x.${web}`);
    expect(unknown).toContain("status: NXDOMAIN");
    expect(unknown).toMatch(/^elb\.us-east-1\.amazonaws\.com\.\s+60\s+IN\s+SOA\s/m);
    expect(await dig(nlb, "example.com")).toContain("status: REFUSED");
    expect(await dig(nlb, "-t", "AXFR", "elb.us-east-1.amazonaws.com")).toContain("Transfer failed");
  });

  it("asks again over TCP by itself where a datagram is too short", async () => {
    const zones = Array.from({ length: 30 }, (_, i) => ({ name: `zone-${i}`, address: `127.0.${i}.1` }));
    await using nlb = await createEdgeProxy({ ...config, loadBalancers: [{ name: "web", zones }] }).start();
    const output = await dig(nlb, web);
    expect(output).toContain("Truncated, retrying in TCP mode");
    expect(addressesIn(output)).toHaveLength(30);
    expect(addressesIn(await dig(nlb, "+ignore", web))).toEqual([]);
  });

  it("sends several queries on one TCP connection", async () => {
    await using nlb = await createEdgeProxy(config).start();
    const output = await dig(nlb, "+tcp", "+keepopen", web, `us-east-1a.${web}`, `us-east-1b.${web}`);
    expect(addressesIn(output)).toHaveLength(4);
  });
});
