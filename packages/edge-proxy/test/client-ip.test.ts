import { connect, createServer, type Socket } from "node:net";
import { collect, connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { kernelPorts } from "../src/control/kernel-ports.ts";
import { createEdgeProxy, type EdgeProxy } from "../src/index.ts";
import { Cli } from "./support/cli.ts";
import { startNlb } from "./support/nlb.ts";
import { readScrape, sumOf } from "./support/scrape.ts";
import { tempFile } from "./support/temp-file.ts";

trackLeaks();

/** Not what the kernel would choose, so that it has to be bound. */
const node = "127.0.1.1";
const onNode = { zones: [{ name: "a", address: node }] };

interface Counters {
  readonly portAllocationErrors: number;
  readonly refused: Readonly<Record<string, number>>;
}

function countersOf(nlb: EdgeProxy): Counters {
  return (nlb.state() as { readonly flows: Counters }).flows;
}

/** A client that may be reset before it even sees that it is connected. */
function openTo(host: string, port: number): Socket {
  return connect({ host, port }).on("error", () => {});
}

async function endOf(host: string, port: number): Promise<string> {
  return (await withDeadline(collect(openTo(host, port)), "the end")).end;
}

describe("flows from one node to one target", () => {
  it.each([
    ["bound", node],
    ["left to the kernel", "127.0.0.1"],
  ])("are reset beyond the limit and counted as port allocation errors, the address %s", async (_, address) => {
    await using target = await listenOn();
    await using web = await startNlb({
      targets: [target],
      loadBalancer: { zones: [{ name: "a", address }] },
      limits: { flowsPerTarget: 2 },
    });
    const open = (): Promise<Socket> => connectTo(web.port, { host: address });
    const [first, second] = [await open(), await open()];
    await until(() => web.connected.length === 2, "two flows");
    const portsInUse = async (): Promise<number> =>
      sumOf(readScrape(await web.nlb.metrics()), "edge_proxy_source_ports_in_use");
    expect(await portsInUse()).toBe(2);
    expect(await endOf(address, web.port)).toBe("rst");
    expect(web.refused.map(({ reason }) => reason)).toEqual(["port_allocation"]);
    expect(countersOf(web.nlb)).toMatchObject({ portAllocationErrors: 1, refused: { port_allocation: 1 } });
    first.resetAndDestroy();
    await until(() => web.nlb.flows === 1, "the first flow to end");
    const fourth = await open();
    await until(() => web.connected.length === 3, "a third flow");
    for (const socket of [second, fourth]) socket.resetAndDestroy();
    await until(() => web.nlb.flows === 0, "the last flow to end");
    expect(await portsInUse()).toBe(0);
  });

  it("are limited for each target address and port by itself", async () => {
    await using one = await listenOn();
    await using other = await listenOn();
    await using web = await startNlb({ targets: [one, other], loadBalancer: onNode, limits: { flowsPerTarget: 1 } });
    const clients: Socket[] = [];
    await until(() => {
      // Some are reset: those that the hash sends to the target that has its flow already.
      clients.push(openTo(node, web.port));
      return web.connected.length === 2;
    }, "a flow to each target");
    expect(new Set(web.connected.map(({ route }) => route.port)).size).toBe(2);
    for (const client of clients) client.destroy();
  });
});

describe.skipIf(kernelPorts().first <= 10_536)("the source port of a node whose address is bound", () => {
  // With these random numbers, and a kernel that does not give it to somebody by itself.
  const first = 10_536;

  it("may be the same for two targets: each has the whole range for itself", async () => {
    await using one = await listenOn();
    await using other = await listenOn();
    await using web = await startNlb({ targets: [one, other], loadBalancer: onNode, random: () => 0 });
    const clients: Socket[] = [];
    await until(async () => {
      clients.push(await connectTo(web.port, { host: node }));
      return one.sockets.size > 0 && other.sockets.size > 0;
    }, "a flow to each target");
    const ports = web.connected.map(({ source }) => source?.port);
    expect(new Set(ports).size).toBeLessThan(ports.length);
    for (const client of clients) client.destroy();
  });

  it("is another one where a program listens on it, or has the same four of addresses and ports", async () => {
    await using target = await listenOn();
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(first, node, resolve));
    const connection = await connectTo(target.port, { localAddress: node, localPort: first + 1 });
    await using web = await startNlb({ targets: [target], loadBalancer: onNode, random: () => 0 });
    const client = await connectTo(web.port, { host: node });
    await until(() => web.connected.length === 1, "the flow");
    expect(web.connected[0]?.source).toEqual({ address: node, port: first + 2 });
    expect(countersOf(web.nlb).portAllocationErrors).toBe(0);
    for (const socket of [client, connection]) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });
});

describe("clientIp", () => {
  const preserve = { "preserve_client_ip.enabled": true };

  it("off: shows the node's address, whatever the target group says", async () => {
    await using target = await listenOn();
    const loadBalancer = { ...onNode, clientIp: "off" } as const;
    await using web = await startNlb({ targets: [target], attributes: preserve, loadBalancer });
    const client = await connectTo(web.port, { host: node, localAddress: "127.0.0.9" });
    const server = await target.accept();
    expect(server.remoteAddress).toBe(node);
    for (const socket of [client, server]) socket.destroy();
  });

  it("loopback: shows the client's address, in IPv6 too, and is said where it was chosen by itself", async () => {
    await using target = await listenOn("::1");
    const loadBalancer = { zones: [{ name: "a", address: "::1" }], vpcEndpoints: [] };
    await using web = await startNlb({ targets: [target], attributes: preserve, loadBalancer });
    const client = await connectTo(web.port, { host: "::1" });
    const server = await target.accept();
    expect(server.remoteAddress).toBe("::1");
    expect(web.nlb.clientIp.get("web")).toEqual({ way: "loopback", why: "its nodes are on loopback addresses" });
    for (const socket of [client, server]) socket.destroy();
  });

  it("transparent: is an error at the start that says what is missing, and nothing listens", async () => {
    const nlb = createEdgeProxy({
      admin: false,
      loadBalancers: [{ name: "web", clientIp: "transparent", listeners: [{ port: 0, targetGroup: "app" }] }],
      targetGroups: [{ name: "app", port: 3000, attributes: preserve, targets: [{ id: "127.0.0.1" }] }],
    });
    await expect(nlb.start()).rejects.toMatchObject({
      code: "EDGE_CLIENT_IP_UNAVAILABLE",
      // Here the route is missing at least; elsewhere Linux, koffi or the capability.
      message: expect.stringMatching(
        /^load balancer 'web' cannot preserve client addresses with clientIp: transparent: /,
      ),
    });
    expect(nlb.listeners).toEqual([]);
  });

  it("cannot be changed to what cannot be done: the old config goes on", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], attributes: preserve });
    const change = web.nlb.update({
      loadBalancers: [{ name: "web", clientIp: "transparent", listeners: [{ port: 0, targetGroup: "app" }] }],
      targetGroups: [{ name: "app", port: 3000, attributes: preserve, targets: [{ id: "127.0.0.1" }] }],
    });
    await expect(change).rejects.toMatchObject({ code: "EDGE_CLIENT_IP_UNAVAILABLE" });
    const client = await connectTo(web.port);
    (await target.accept()).destroy();
    client.destroy();
  });

  it("has no effect, and says so, where no target group preserves client addresses", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], loadBalancer: { clientIp: "transparent" } });
    expect(web.nlb.warnings).toEqual([
      "loadBalancers[0].clientIp: clientIp has no effect: no target group of 'web' has preserve_client_ip.enabled",
    ]);
  });
});

describe("edge-proxy routes", () => {
  const config = `
loadBalancers:
  - { name: web, zones: [{ name: a, address: "::" }], listeners: [{ port: 8080, targetGroup: app }] }
targetGroups:
  - name: app
    port: 3000
    attributes: { preserve_client_ip.enabled: true }
    targets: [{ id: 10.91.2.2 }, { id: "fd91:2::2", port: 3001 }]
`;
  const four = "from 10.91.2.2 ipproto tcp sport 3000 lookup 5350 pref 5350";
  const six = "from fd91:2::2 ipproto tcp sport 3001 lookup 5350 pref 5350";

  it("prints a shell command a line, for IPv4 and IPv6, that may be run twice", async () => {
    await using file = await tempFile("nlb.yaml", config);
    await using cli = new Cli("routes", file.path);
    expect(await cli.exit()).toBe(0);
    expect(cli.stdout.trim().split("\n")).toEqual([
      "ip -4 route replace local default dev lo table 5350",
      "ip -6 route replace local default dev lo table 5350",
      `ip -4 rule del ${four} 2>/dev/null || true`,
      `ip -4 rule add ${four}`,
      `ip -6 rule del ${six} 2>/dev/null || true`,
      `ip -6 rule add ${six}`,
    ]);
  });

  it("prints what removes them, and a comment where there is nothing to do", async () => {
    await using file = await tempFile("nlb.yaml", config);
    await using cli = new Cli("routes", file.path, "--remove");
    expect(await cli.exit()).toBe(0);
    expect(cli.stdout.trim().split("\n")).toEqual([
      `ip -4 rule del ${four} 2>/dev/null || true`,
      `ip -6 rule del ${six} 2>/dev/null || true`,
      "ip -4 route del local default dev lo table 5350 2>/dev/null || true",
      "ip -6 route del local default dev lo table 5350 2>/dev/null || true",
    ]);
    await using empty = await tempFile("nlb.yaml", "");
    await using nothing = new Cli("routes", empty.path);
    expect(await nothing.exit()).toBe(0);
    expect(nothing.stdout).toMatch(/^# Nothing to do: .*\n$/);
  });
});
