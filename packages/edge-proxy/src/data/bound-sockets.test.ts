import { createServer } from "node:net";
import { listenOn, unusedPort } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { type BoundSockets, bindSockets, socketsPerProcess } from "./bound-sockets.ts";
import { loadNodeTcp, type NodeTcp } from "./node-tcp.ts";

const tcp = loadNodeTcp() as NodeTcp;
const canSpread = process.platform === "linux" && tcp.constants.UV_TCP_REUSEPORT !== undefined;

class Bound implements Disposable {
  readonly sockets: BoundSockets;

  constructor(address: string, port: number, count: number) {
    this.sockets = bindSockets(tcp, { address, port, count, what: "web" });
  }

  get names(): readonly { address: string; port: number }[] {
    return this.sockets.handles.map((handle) => {
      const name = { address: "", port: 0 };
      handle.getsockname(name);
      return { address: name.address, port: name.port };
    });
  }

  [Symbol.dispose](): void {
    for (const handle of this.sockets.handles) handle.close();
  }
}

describe.each(["127.0.0.1", "::1"])("sockets bound to %s", (address) => {
  it("are as many as asked where the kernel spreads clients, otherwise one, and all have the port that it chose", () => {
    using bound = new Bound(address, 0, 4);
    const { port, handles } = bound.sockets;
    expect(handles).toHaveLength(canSpread ? 4 : 1);
    expect(port).toBeGreaterThan(0);
    expect(new Set(bound.names.map((name) => JSON.stringify(name)))).toEqual(
      new Set([JSON.stringify({ address, port })]),
    );
  });

  it("have the port that was asked for", async () => {
    const port = await unusedPort();
    using bound = new Bound(address, port, 3);
    expect(bound.sockets.port).toBe(port);
    expect(bound.names.every((name) => name.port === port)).toBe(true);
  });

  it.each([1, 4])("are refused where somebody listens, %i of them", async (count) => {
    await using other = await listenOn(address);
    expect(() => new Bound(address, other.port, count)).toThrow(
      expect.objectContaining({
        code: "EDGE_LISTEN_FAILED",
        message: expect.stringContaining(`port ${other.port} is already taken`),
      }),
    );
  });

  it("are refused where others of ours listen that would share their clients", async () => {
    using bound = new Bound(address, 0, 4);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(bound.sockets.handles[0], resolve));
    try {
      expect(() => new Bound(address, bound.sockets.port, 4)).toThrow("is already taken");
    } finally {
      server.close();
    }
  });
});

it("an address that this machine does not have is refused", () => {
  expect(() => new Bound("192.0.2.1", 0, 4)).toThrow(expect.objectContaining({ code: "EDGE_LISTEN_FAILED" }));
});

it("hundreds of entries have one socket each, so that descriptors are left to flows", () => {
  expect(socketsPerProcess(1)).toBe(4);
  expect(socketsPerProcess(1_000)).toBe(1);
});
