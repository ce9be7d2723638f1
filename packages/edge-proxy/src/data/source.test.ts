import { describe, expect, it } from "vitest";
import type { ClientIpWay, Entry, Forward, TargetRoute } from "./routes.ts";
import { chooseSource } from "./source.ts";

const vpcEndpointId = "vpce-08d2bf15fac5001c9";

interface Case {
  readonly node: string;
  readonly way?: ClientIpWay;
  readonly endpoint?: boolean;
  readonly preserve?: boolean;
  readonly client: string;
  readonly target: string;
}

function sourceOf({ node, way = "transparent", endpoint = false, preserve = true, client, target }: Case): string {
  const route: TargetRoute = {
    key: target,
    address: target,
    family: target.includes(":") ? 6 : 4,
    port: 80,
    endpoint: `${target} 80`,
  };
  const forward: Forward = {
    group: "app",
    weight: 1,
    proxyHeader: "none",
    preserveClientIp: preserve,
    targets: [route],
    failOpen: false,
  };
  const entry: Entry = {
    key: "web/80",
    name: "web/80",
    loadBalancer: "web",
    address: node,
    port: 80,
    listenerPort: 80,
    zone: "a",
    nodeAddress: node,
    clientIp: way,
    idleTimeoutMs: 350_000,
    forward: [forward],
    ...(endpoint ? { vpcEndpointId } : {}),
  };
  return chooseSource(entry, forward, route, client);
}

describe("the matrix of client IP preservation", () => {
  const four = { node: "10.0.0.1", client: "198.51.100.7", target: "10.0.1.2" };
  const six = { node: "fd00::1", client: "2001:db8::7", target: "fd00:1::2" };
  it.each([
    ["preserve on, IPv4 client and target", four, "client"],
    ["preserve on, IPv6 client and target", six, "client"],
    ["preserve on, IPv6 client, IPv4 target", { ...four, node: "::", client: six.client }, "kernel"],
    ["preserve on, IPv4 client, IPv6 target", { ...six, node: "10.0.0.1", client: four.client }, "kernel"],
    ["preserve off", { ...four, preserve: false }, "node"],
    ["preserve off, IPv6", { ...six, preserve: false }, "node"],
    ["through PrivateLink, preserve on", { ...four, endpoint: true }, "node"],
    ["through PrivateLink, IPv6", { ...six, endpoint: true }, "node"],
    ["clientIp: off, preserve on", { ...four, way: "off" }, "node"],
    ["clientIp: loopback, client from elsewhere", { ...four, way: "loopback" }, "node"],
  ] as const)("%s", (_, flow, source) => {
    expect(sourceOf(flow)).toBe(source);
  });
});

describe("clients on this machine", () => {
  const local = { node: "127.0.0.1", client: "127.0.0.9", target: "127.0.0.1" };
  it.each(["loopback", "transparent"] as const)("keep their address, with clientIp: %s", (way) => {
    expect(sourceOf({ ...local, way })).toBe("client-address");
    expect(sourceOf({ node: "::1", client: "::1", target: "::1", way })).toBe("client-address");
  });

  it("show the node's address to a target elsewhere, which could not answer them", () => {
    expect(sourceOf({ ...local, target: "10.0.1.2", node: "10.0.0.1" })).toBe("node");
  });

  it("with no preservation are left to the kernel where it would choose the node's address anyway", () => {
    expect(sourceOf({ ...local, preserve: false })).toBe("kernel");
    expect(sourceOf({ ...local, preserve: false, node: "127.0.1.1" })).toBe("node");
    expect(sourceOf({ ...local, preserve: false, node: "0.0.0.0" })).toBe("kernel");
  });
});

describe("addresses that cannot be shown", () => {
  it("a client that is its own target is a hairpin", () => {
    expect(sourceOf({ node: "10.0.0.1", client: "10.0.1.2", target: "10.0.1.2" })).toBe("hairpin");
    expect(sourceOf({ node: "10.0.0.1", client: "10.0.1.2", target: "10.0.1.2", preserve: false })).toBe("node");
  });

  it("a link-local client shows the node's address: its own means nothing on another link", () => {
    expect(sourceOf({ node: "fd00::1", client: "fe80::7%eth0", target: "fd00:1::2" })).toBe("node");
  });
});
