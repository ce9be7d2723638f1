import { expect, it } from "vitest";
import { loadNodeTcp, type NodeTcp, type TcpHandle } from "../data/node-tcp.ts";
import type { Entry } from "../data/routes.ts";
import { ListeningSockets } from "./listening-sockets.ts";

const tcp = loadNodeTcp() as NodeTcp;
const canSpread = process.platform === "linux" && tcp.constants.UV_TCP_REUSEPORT !== undefined;
const key = "web/80";
const entry: Entry = {
  ...{ key, name: key, loadBalancer: "web", address: "127.0.0.1", port: 0, listenerPort: 80, zone: "a" },
  ...{ nodeAddress: "127.0.0.1", idleTimeoutMs: 350_000, clientIp: "off", forward: [] },
};

/** Sockets that the process before has handed down. */
function boundHandles(count: number): readonly TcpHandle[] {
  return Array.from({ length: count }, () => {
    const handle = new tcp.TCP(tcp.constants.SERVER);
    handle.bind("127.0.0.1", 0);
    return handle;
  });
}

it.each([
  { inherited: 4, workers: 4 },
  { inherited: 8, workers: 2 },
  { inherited: 8, workers: 3 },
  { inherited: 1, workers: 4 },
  { inherited: 2, workers: 5 },
])(
  "of $inherited sockets handed down $workers workers leave none alone, and each has one",
  ({ inherited, workers }) => {
    const handles = boundHandles(inherited);
    const sockets = new ListeningSockets({ tcp, workers, inherited: { take: () => handles } });
    sockets.open({ entries: new Map([[key, entry]]) });
    const shares = Array.from({ length: workers }, (_, index) => sockets.handles(key, index));
    expect(new Set(shares.flat())).toEqual(new Set(handles));
    expect(shares.every(({ length }) => length > 0)).toBe(true);
    expect(shares.flat()).toHaveLength(Math.max(inherited, workers));
    sockets.close([key]);
  },
);

it("what it has opened can be handed down", () => {
  const sockets = new ListeningSockets({ tcp, workers: 2, inherited: undefined });
  expect(sockets.open({ entries: new Map([[key, entry]]) })).toEqual([key]);
  const descriptors = sockets.descriptors.get(key) ?? [];
  expect(descriptors).toHaveLength(canSpread ? 8 : 1);
  expect(descriptors.every((descriptor) => descriptor > 2)).toBe(true);
  expect(sockets.at(key)).toMatchObject({ address: "127.0.0.1", port: expect.any(Number) });
  sockets.close([key]);
  expect(sockets.keys).toEqual([]);
});
