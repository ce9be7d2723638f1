import { once } from "node:events";
import { rename, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import {
  collect,
  connectTo,
  listenOn,
  type TcpServer,
  trackLeaks,
  until,
  unusedPort,
  withDeadline,
} from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { ConfigWatch } from "../src/api/config/config-watch.ts";
import { parseYamlConfig } from "../src/api/config/load.ts";
import { EdgeProxy, type EdgeProxyConfig, type EdgeProxyOptions } from "../src/index.ts";
import { Cli } from "./support/cli.ts";
import { tempFile } from "./support/temp-file.ts";

trackLeaks();

function yaml(target: number, ...more: string[]): string {
  return `admin: { port: 0 }
loadBalancers:
  - { name: web, listeners: [{ port: 0, targetGroup: app }] }
targetGroups:
  - name: app
    port: ${target}
    targets: [{ id: 127.0.0.1 }]
${more.join("\n")}
`;
}

describe("edge-proxy run --watch", () => {
  it("reloads when the file changes, in place or by a rename, and prints the difference", async () => {
    await using target = await listenOn();
    await using file = await tempFile("nlb.yaml", yaml(target.port));
    await using cli = new Cli("run", file.path, "--watch", "--drain-seconds", "0");
    await cli.prints(/Listening on/);
    await writeFile(file.path, yaml(target.port, "    attributes: { stickiness.enabled: true }"));
    await cli.prints(/Reloaded:\n {2}~ target group 'app': stickiness\.enabled: false → true\n/);
    await writeFile(`${file.path}.new`, yaml(target.port, "  - { name: canary, port: 1 }"));
    await rename(`${file.path}.new`, file.path);
    await cli.prints(/ {2}\+ target group 'canary'\n/);
  });

  it("keeps what it has when the new file is wrong, and says where; SIGHUP reloads too", async () => {
    await using target = await listenOn(undefined, (socket) => socket.end("still here"));
    await using file = await tempFile("nlb.yaml", yaml(target.port));
    await using cli = new Cli("run", file.path, "--drain-seconds", "0");
    const [, port] = await cli.prints(/ {2}127\.0\.0\.1:(\d+)/);
    const [, admin] = await cli.prints(/Status: (http:\/\/[^/]+)\//);
    await writeFile(file.path, yaml(target.port, "    stickyness: true"));
    cli.process.kill("SIGHUP");
    await until(() => cli.stderr.includes("Not reloaded"), "the complaint");
    expect(cli.stderr).toMatch(/nlb\.yaml:8:5: .*unknown key 'stickyness'/);
    const client = await connectTo(Number(port));
    expect((await collect(client)).bytes.toString()).toBe("still here");
    client.destroy();
    expect(await succeeded(admin)).toBe("0");
    await writeFile(file.path, yaml(target.port, "    attributes: { stickiness.enabled: true }"));
    cli.process.kill("SIGHUP");
    await cli.prints(/stickiness\.enabled: false → true/);
    expect(await succeeded(admin)).toBe("1");
  });
});

async function succeeded(admin: string | undefined): Promise<string | undefined> {
  const metrics = await (await fetch(`${admin}/metrics`, { headers: { connection: "close" } })).text();
  return /^edge_proxy_config_last_reload_success (\d)$/m.exec(metrics)?.[1];
}

describe("a config watch", () => {
  it("tells of a change once", async () => {
    await using file = await tempFile("nlb.yaml", "");
    let changes = 0;
    const watch = new ConfigWatch(
      file.path,
      () => changes++,
      (error) => expect.unreachable(error.message),
    );
    await withDeadline(watch.ready, "the watch");
    await writeFile(file.path, "admin: false\n");
    await until(() => changes === 1, "the change");
    await watch.close();
  });
});

describe.each([{}, { workers: 2 }])("a hundred reloads under load with %o", (mode) => {
  it("cut no flow on a listener and target that stay, and refuse no client", async () => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    await using other = await listenOn(undefined, (socket) => socket.pipe(socket));
    const refused: unknown[] = [];
    await using nlb = await started(configWith(target), mode, (refusal) => refused.push(refusal));
    const port = nlb.listeners[0]?.port ?? 0;
    const standing = await Promise.all(Array.from({ length: 100 }, () => connectTo(port)));
    let running = true;
    let opened = 0;
    const clients = Array.from({ length: 4 }, async () => {
      while (running) {
        const client = await connectTo(port);
        const echo = collect(client);
        client.end("x");
        expect((await echo).bytes.toString()).toBe("x");
        opened++;
      }
    });
    for (let i = 0; i < 100; i++) {
      await nlb.update(configWith(target, ...(i % 2 === 0 ? [other] : [])));
      await until(() => opened > 2 * i, "clients between two reloads");
    }
    running = false;
    await Promise.all(clients);
    await nlb.refresh();
    expect(refused).toEqual([]);
    // Each one that has stood all the time still carries bytes both ways.
    for (const client of standing) {
      const echo = collect(client);
      client.end("there");
      expect((await echo).bytes.toString()).toBe("there");
    }
  });
});

describe.each([{}, { workers: 2 }])("a load balancer and a zone with another name and %o", (mode) => {
  it("keep the socket of a port: no client is refused, none cut, and flows are counted by their own names", async () => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    const config = (name: string, port: number): EdgeProxyConfig => ({
      ...configWith(target),
      loadBalancers: [
        { name, zones: [{ name: `of-${name}`, address: "127.0.0.1" }], listeners: [{ port, targetGroup: "app" }] },
      ],
    });
    const refused: unknown[] = [];
    const port = await unusedPort();
    await using nlb = await started(config("old", port), mode, (refusal) => refused.push(refusal));
    const standing = await connectTo(port);
    standing.write("x");
    await once(standing, "data");
    await nlb.update(config("new", port));
    expect(nlb.listeners).toMatchObject([{ loadBalancer: "new", zone: "of-new", port }]);
    for (const client of [standing, await connectTo(port)]) {
      const echo = collect(client);
      client.end("y");
      expect((await echo).bytes.toString()).toBe("y");
    }
    await until(() => nlb.flows === 0, "the end of both flows");
    expect(refused).toEqual([]);
    expect(await nlb.metrics()).toMatch(/^edge_proxy_flows_opened_total\{listener="new:\d+".* 1$/m);
  });
});

describe.each([{}, { workers: 2 }, { publicApiOnly: true }])("a listener that moves with %o", (mode) => {
  /** Accepted by the proxy, which a client that has only connected may not be yet. */
  const standingClient = async (port: number): Promise<Socket> => {
    const client = await connectTo(port);
    client.write("x");
    await once(client, "data");
    return client;
  };

  const at = (target: TcpServer, port: number, ...addresses: string[]): EdgeProxyConfig => ({
    ...configWith(target),
    loadBalancers: [
      {
        name: "web",
        zones: addresses.map((address, i) => ({ name: `zone-${i}`, address })),
        listeners: [{ port, targetGroup: "app" }],
      },
    ],
  });

  it.each([
    { from: ["127.0.0.1"], to: ["0.0.0.0"] },
    { from: ["0.0.0.0"], to: ["127.0.0.1"] },
    { from: ["127.0.0.1"], to: ["::"] },
    { from: ["::"], to: ["127.0.0.1", "::1"] },
    { from: ["127.0.0.1", "127.0.0.2"], to: ["0.0.0.0"] },
  ])("from $from to $to on the same port takes clients there, and its flows go on", async ({ from, to }) => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    const port = await unusedPort();
    await using nlb = await started(at(target, port, ...from), mode, () => {});
    const standing = await standingClient(port);
    await nlb.update(at(target, port, ...to));
    expect(nlb.listeners).toMatchObject(to.map((address) => ({ address, port })));
    expect(nlb.readiness.ready).toBe(true);
    for (const client of [standing, await connectTo(port)]) {
      const echo = collect(client);
      client.end("y");
      expect((await echo).bytes.toString()).toBe("y");
    }
  });

  it("stays where it is when another program is in the way of the move", async () => {
    await using target = await listenOn(undefined, (socket) => socket.pipe(socket));
    const port = await unusedPort();
    await using nlb = await started(at(target, port, "127.0.0.1"), mode, () => {});
    const other = createServer().listen(port, "127.0.0.9");
    await once(other, "listening");
    const standing = await standingClient(port);
    await expect(nlb.update(at(target, port, "0.0.0.0"))).rejects.toThrow(
      `cannot listen on 0.0.0.0:${port} for load balancer 'web': port ${port} is already taken`,
    );
    other.close();
    expect(nlb.listeners).toMatchObject([{ address: "127.0.0.1", port }]);
    for (const client of [standing, await connectTo(port)]) {
      const echo = collect(client);
      client.end("y");
      expect((await echo).bytes.toString()).toBe("y");
    }
  });
});

function configWith(...targets: TcpServer[]): EdgeProxyConfig {
  return {
    admin: false,
    loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
    targetGroups: [{ name: "app", port: 80, targets: targets.map(({ port }) => ({ id: "127.0.0.1", port })) }],
  };
}

function started(
  config: EdgeProxyConfig,
  mode: EdgeProxyOptions,
  flowRefused: (refusal: unknown) => void,
): Promise<EdgeProxy> {
  const loaded = parseYamlConfig(JSON.stringify(config), "nlb.yaml");
  return new EdgeProxy(loaded, { ...mode, probe: () => ({ outcome: "ok" }), observers: [{ flowRefused }] }).start();
}
