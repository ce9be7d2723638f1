import { systemClock } from "@edgekit/health/monitor";
import { trackLeaks } from "@edgekit/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { chooseSockets, workingOf } from "./choose-sockets.ts";
import type { Sockets } from "./flow-socket.ts";
import { nativeSockets } from "./native-socket.ts";
import { netSockets } from "./net-socket.ts";
import { loadNodeTcp } from "./node-tcp.ts";

trackLeaks();

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the choice of sockets", () => {
  it("is the native ones on this version of Node", async () => {
    expect(await chooseSockets(systemClock)).toBe(nativeSockets);
    expect(nativeSockets).toBeDefined();
  });

  const nothing = (): never => {
    throw new TypeError("not a function");
  };
  it.each<[string, Sockets | undefined]>([
    ["are missing", undefined],
    ["cannot connect", { ...netSockets, connect: nothing }],
    ["cannot accept", { ...netSockets, accept: nothing }],
    [
      "carry other bytes",
      {
        ...netSockets,
        connect: (destination, reader, owner) =>
          netSockets.connect(
            destination,
            { nextBuffer: () => reader.nextBuffer(), onRead: () => reader.onRead(2, new Uint8Array(2)) },
            owner,
          ),
      },
    ],
    [
      "do not find their peer",
      { ...netSockets, connect: (destination, ...rest) => netSockets.connect({ ...destination, port: 1 }, ...rest) },
    ],
  ])("is Node's public ones where the others %s", async (_what, candidate) => {
    expect(await workingOf(candidate, systemClock)).toBe(netSockets);
  });
});

describe("what Node's net is built on", () => {
  const node = process as unknown as { binding(name: string): object };

  it("is not used where it is out of reach", () => {
    vi.spyOn(node, "binding").mockImplementation(() => {
      throw new Error("Access to this API has been restricted");
    });
    expect(loadNodeTcp()).toBeUndefined();
  });

  it("is not used where a part of it is missing", () => {
    const { binding } = node;
    const found = { ...binding("tcp_wrap"), ...binding("stream_wrap") } as Record<string, unknown>;
    for (const part of ["TCP", "TCPConnectWrap", "ShutdownWrap", "WriteWrap", "streamBaseState", "kReadBytesOrError"]) {
      vi.spyOn(node, "binding").mockReturnValue({ ...found, [part]: undefined });
      expect(loadNodeTcp(), part).toBeUndefined();
    }
    vi.spyOn(node, "binding").mockReturnValue({ ...found, TCP: class {} });
    expect(loadNodeTcp()).toBeUndefined();
    vi.spyOn(node, "binding").mockReturnValue(found);
    expect(loadNodeTcp()).toBeDefined();
  });
});
