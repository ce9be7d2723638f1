import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { createEdgeProxy, type EdgeProxy, type EdgeProxyConfig, type EdgeProxyOptions } from "@edgekit/edge-proxy";

/** An HTTP server that is as healthy as a test says. */
class Target implements AsyncDisposable {
  isHealthy = true;
  readonly #server = http.createServer((request, response) => {
    response.statusCode = request.url === "/healthz" && !this.isHealthy ? 503 : 200;
    response.end("x".repeat(20_000));
  });

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

/** A target whose name would run a script in a page that took it for markup. */
export const scriptedId = '<img src=x onerror="document.title=1">';

/** A stand-in with something of everything that its status page shows. Durations are a tenth of what the config says. */
export class ShownNlb implements AsyncDisposable {
  readonly nlb: EdgeProxy;
  readonly targets: readonly Target[];

  private constructor(nlb: EdgeProxy, targets: readonly Target[]) {
    this.nlb = nlb;
    this.targets = targets;
  }

  static async start(options: EdgeProxyOptions = {}): Promise<ShownNlb> {
    const targets = [];
    for (let i = 0; i < 3; i++) targets.push(await new Target().listen());
    const nlb = await createEdgeProxy(config(targets.map(({ port }) => port)), options).start();
    return new ShownNlb(nlb, targets);
  }

  get url(): string {
    return `http://127.0.0.1:${this.nlb.admin?.port}/`;
  }

  /** How target number `index` of the group app is called. */
  key(index: number): string {
    return `127.0.0.1:${this.targets[index]?.port}`;
  }

  state(index: number): string | undefined {
    const port = this.targets[index]?.port;
    return this.nlb.describeTargetHealth("app").find(({ Target }) => Target.Port === port)?.TargetHealth.State;
  }

  /** Sends requests through the load balancer, each in a connection of its own. */
  async send(requests: number): Promise<void> {
    const [at] = this.nlb.listeners;
    for (let i = 0; i < requests; i++) {
      const answer = await fetch(`http://127.0.0.1:${at?.port}/`, { headers: { connection: "close" } });
      await answer.text();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nlb.close({ drainMs: 0 });
    for (const target of this.targets) await target[Symbol.asyncDispose]();
  }
}

function config(ports: readonly number[]): EdgeProxyConfig {
  return {
    admin: { port: 0 },
    timeScale: 0.1,
    loadBalancers: [
      {
        name: "web",
        zones: [
          { name: "local-1a", address: "127.0.0.1" },
          { name: "local-1b", address: "127.0.0.2" },
        ],
        attributes: { "load_balancing.cross_zone.enabled": true, "zonal_shift.config.enabled": true },
        listeners: [
          { port: 0, targetGroup: "app" },
          {
            port: 0,
            targetGroups: [
              { name: "blue", weight: 90 },
              { name: "green", weight: 10 },
            ],
          },
        ],
      },
      {
        name: "private",
        listeners: [{ port: 0, targetGroup: "instances" }],
        vpcEndpoints: [{ id: "vpce-08d2bf15fac5001c9", port: 0 }],
      },
    ],
    targetGroups: [
      {
        name: "app",
        port: 80,
        healthCheck: { protocol: "HTTP", path: "/healthz", intervalSeconds: 10, healthyThreshold: 2 },
        targets: ports.map((port, i) => ({ id: "127.0.0.1", port, zone: i === 1 ? "local-1b" : "local-1a" })),
      },
      {
        name: "instances",
        port: ports[0] ?? 1,
        targetType: "instance",
        healthCheck: { intervalSeconds: 10 },
        attributes: { "proxy_protocol_v2.enabled": true, "stickiness.enabled": true },
        targets: [
          { id: "i-0123456789abcdef0", address: "127.0.0.1" },
          { id: scriptedId, address: "127.0.0.1" },
        ],
      },
      { name: "blue", port: ports[0] ?? 1, healthCheck: { intervalSeconds: 10 }, targets: [{ id: "127.0.0.1" }] },
      // Nobody listens on 127.0.0.3: the group fails open.
      { name: "green", port: 9, healthCheck: { intervalSeconds: 10 }, targets: [{ id: "127.0.0.3" }] },
      { name: "spare", port: 80, targets: [{ id: "127.0.0.1" }] },
      { name: "empty", port: 80 },
    ],
  };
}
