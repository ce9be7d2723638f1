import { trackLeaks, unusedPort } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { listenError } from "../listen-error.ts";
import type { Sockets } from "./flow-socket.ts";
import { Listeners } from "./listeners.ts";
import { netSockets } from "./net-socket.ts";
import type { Entry, Routes } from "./routes.ts";

trackLeaks();

function routesAt(address: string, port: number): Routes {
  const key = `${address}:${port}`;
  const entry: Entry = {
    ...{ key, name: key, loadBalancer: "web", address, port, listenerPort: port, zone: "a", nodeAddress: address },
    ...{ clientIp: "off", idleTimeoutMs: 350_000, forward: [] },
  };
  return { entries: new Map([[key, entry]]) };
}

describe("a listener that made room for one that cannot be opened", () => {
  it("is named beside that one when it cannot be opened again either, and is tried anew at the next replacement", async () => {
    const port = await unusedPort();
    /** Another program has taken the port as soon as it was free. */
    const taken: Sockets = {
      ...netSockets,
      bind: ({ address, what }) => {
        throw listenError(Object.assign(new Error("taken"), { code: "EADDRINUSE" }), address, port, what);
      },
    };
    const listeners = new Listeners(() => (client) => client.destroy(), undefined);
    const [here, everywhere] = [routesAt("127.0.0.1", port), routesAt("0.0.0.0", port)];
    await listeners.replace(here, netSockets);
    expect(listeners.at(`127.0.0.1:${port}`)).toMatchObject({ address: "127.0.0.1", port });
    await expect(listeners.replace(everywhere, taken)).rejects.toMatchObject({
      code: "EDGE_LISTEN_FAILED",
      problems: [
        `cannot listen on 0.0.0.0:${port} for load balancer 'web': port ${port} is already taken`,
        `what was closed for it could not be opened again: cannot listen on 127.0.0.1:${port} for load balancer 'web': port ${port} is already taken`,
      ],
    });
    expect(listeners.at(`127.0.0.1:${port}`)).toBeUndefined();
    await listeners.replace(here, netSockets);
    expect(listeners.at(`127.0.0.1:${port}`)).toMatchObject({ address: "127.0.0.1", port });
    listeners.close();
  });
});
