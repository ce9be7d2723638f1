import { fileURLToPath } from "node:url";
import { hasCommand, isRoot, trackLeaks } from "@edgekit/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addresses, ThreeMachines } from "./support/namespaces.ts";
import type { Program } from "./support/process.ts";

trackLeaks();

const bin = fileURLToPath(new URL("../packages/edge-proxy/bin/edge-proxy.js", import.meta.url));

/** Tells each client who it looks like, then sends back what it says. */
const targetScript = `
const { createServer } = require("node:net");
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on("error", () => {}).pipe(socket);
  socket.write(JSON.stringify({ address: socket.remoteAddress.replace(/^::ffff:/, ""), port: socket.remotePort }));
});
server.listen(3000, "::", () => console.log("listening"));
`;

/** Connects to each of the addresses given, from one port where one is given, and prints what became of it in the end. */
const clientScript = `
const { connect } = require("node:net");
const [localPort, ...to] = process.argv.slice(1);
const results = [];
const echoed = (socket) => new Promise((resolve) => {
  socket.once("data", (bytes) => resolve(String(bytes) === "ping")).once("close", () => resolve(false));
  socket.write("ping");
});
(async () => {
  for (const place of to) {
    const [host, port] = place.split(" ");
    const socket = connect({ host, port: Number(port), localPort: Number(localPort) });
    results.push(await new Promise((resolve) => {
      const own = () => ({ address: socket.localAddress, port: socket.localPort });
      socket.once("data", (bytes) => resolve({ socket, own: own(), seen: JSON.parse(bytes) }));
      socket.on("error", ({ code }) => resolve({ error: code }));
      socket.on("end", () => resolve({ error: "end" }));
    }));
  }
  for (const result of results) {
    if (result.socket) result.answers = await echoed(result.socket);
    delete result.socket;
  }
  console.log(JSON.stringify(results));
  process.exit();
})();
`;

/** Sends 32 MiB at once after the target's greeting, and prints whether they came back as they were. */
const bulkScript = `
const { connect } = require("node:net");
const [host, port] = process.argv.slice(1);
const sent = require("node:crypto").randomBytes(32 * 1024 * 1024);
const got = [];
const socket = connect({ host, port: Number(port), allowHalfOpen: true });
socket.once("data", () => {
  socket.end(sent);
  socket.on("data", (chunk) => got.push(chunk));
  socket.on("end", () => console.log(Buffer.concat(got).equals(sent)));
});
`;

interface End {
  readonly address: string;
  readonly port: number;
}

interface Outcome {
  /** Who the client is. */
  readonly own?: End;
  /** Who the target says that it is. */
  readonly seen?: End;
  /** Whether the connection still works after the others have been made. */
  readonly answers?: boolean;
  readonly error?: string;
}

const vpcEndpointId = "vpce-08d2bf15fac5001c9";
const { node, otherNode, node6, inner6, target, target6 } = addresses;

/** IPv4 and IPv6 load balancers, each with a target of its own family (port 80) and of the other (port 81). */
const config = (clientIp: string, zones: readonly string[] = [node]): string => `
admin: { address: 127.0.0.1, port: 9901 }
loadBalancers:
  - name: four
    clientIp: ${clientIp}
    zones: [${zones.map((address, i) => `{ name: z${i}, address: ${address} }`).join(", ")}]
    listeners: [{ port: 80, targetGroup: four-to-four }, { port: 81, targetGroup: four-to-six }]
    vpcEndpoints: [{ id: ${vpcEndpointId}, port: 90, listenerPort: 80 }]
  - name: six
    clientIp: ${clientIp}
    zones: [{ name: z0, address: "${node6}" }]
    listeners: [{ port: 80, targetGroup: six-to-six }, { port: 81, targetGroup: six-to-four }]
targetGroups:
${[
  ["four-to-four", target],
  ["four-to-six", target6],
  ["six-to-six", target6],
  ["six-to-four", target],
]
  .map(
    ([name, address]) =>
      `  - { name: ${name}, port: 3000, attributes: { preserve_client_ip.enabled: true }, targets: [{ id: "${address}" }] }`,
  )
  .join("\n")}
`;

describe.skipIf(!isRoot() || !hasCommand("ip"))("needs root and iproute2: client, edge and target machines", () => {
  let machines: ThreeMachines;
  let server: Program;
  beforeAll(async () => {
    machines = new ThreeMachines();
    server = await machines.target.start(() => [process.execPath, "-e", targetScript]);
    await server.prints(/listening/);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await machines?.[Symbol.asyncDispose]();
  });

  const startEdge = (text: string, ...options: string[]): Promise<Program> =>
    machines.edge.start((folder) => [process.execPath, bin, "run", `${folder}/nlb.yaml`, ...options], {
      "nlb.yaml": () => text,
    });
  const running = async (text: string, ...options: string[]): Promise<Program> => {
    const edge = await startEdge(text, ...options);
    await edge.prints(/Limits: .*\n/).catch(async (error: unknown) => {
      await edge[Symbol.asyncDispose]();
      throw error;
    });
    return edge;
  };
  const connectFrom = (from: "client" | "target", port: number, ...to: string[]): Promise<Outcome[]> =>
    machines[from].ask<Outcome[]>(clientScript, String(port), ...to);
  const countersOf = (): Promise<{ closed: Record<string, number>; refused: Record<string, number> }> =>
    machines.edge.ask(
      `fetch("http://127.0.0.1:9901/api/state").then((r) => r.json()).then((s) => console.log(JSON.stringify(s.flows)))`,
    );
  const rules = (): string =>
    ["-4", "-6"]
      .flatMap((family) => [
        machines.edge.ip(family, "rule", "list", "table", "5350"),
        // A table without routes is none.
        machines.edge.shell(`ip ${family} route show table 5350 2>/dev/null || true`),
      ])
      .join("");

  it("shows the target the client's own address and port, in IPv4 and IPv6, and its answers arrive", async () => {
    await using edge = await running(config("transparent"), "--apply-routes");
    expect(edge.output).toContain("Client IP of four: transparent");
    for (const [place, own] of [
      [`${node} 80`, addresses.client],
      [`${node6} 80`, addresses.client6],
    ] as const) {
      const [fresh] = await connectFrom("client", 0, place);
      expect(fresh?.own?.address).toBe(own);
      expect(fresh).toMatchObject({ seen: fresh?.own, answers: true });
      const [chosen] = await connectFrom("client", 45_678, place);
      expect(chosen?.seen).toEqual({ address: own, port: 45_678 });
    }
  });

  it("carries 32 MiB there and back over the machines' network, unchanged", async () => {
    await using _ = await running(config("transparent"), "--apply-routes");
    for (const [host, port] of [
      [node, "80"],
      [node6, "80"],
      [node, "81"],
    ] as const) {
      expect(await machines.client.ask<boolean>(bulkScript, host, port)).toBe(true);
    }
  });

  it("shows it from worker processes too", async () => {
    await using edge = await running(config("transparent"), "--apply-routes", "--workers", "2");
    expect(edge.output).toContain("Client IP of four: transparent");
    const flows = await connectFrom("client", 0, ...Array.from({ length: 20 }, () => `${node} 80`), `${node6} 80`);
    for (const { own, seen, answers } of flows) {
      expect([addresses.client, addresses.client6]).toContain(own?.address);
      expect([seen, answers]).toEqual([own, true]);
    }
  });

  it("shows the node's address through PrivateLink, and this machine's own across address families", async () => {
    await using _ = await running(config("transparent"), "--apply-routes");
    const [privateLink, fourToSix, sixToFour] = await connectFrom(
      "client",
      0,
      `${node} 90`,
      `${node} 81`,
      `${node6} 81`,
    );
    expect(privateLink?.seen?.address).toBe(node);
    expect(fourToSix?.seen?.address).toBe(inner6);
    expect(sixToFour?.seen?.address).toBe(addresses.inner);
  });

  it("shows the node's address with clientIp: off, without any route", async () => {
    await using edge = await running(config("off"));
    expect((await connectFrom("client", 0, `${node} 80`))[0]?.seen?.address).toBe(node);
    expect(edge.output).toContain("Client IP of four: off");
  });

  it("resets the second flow of one client port to one target through another node, and the first goes on", async () => {
    await using _ = await running(config("transparent", [node, otherNode]), "--apply-routes");
    const [first, second] = await connectFrom("client", 45_679, `${node} 80`, `${otherNode} 80`);
    expect(first).toMatchObject({ seen: { address: addresses.client, port: 45_679 }, answers: true });
    expect(second?.error).toBe("ECONNRESET");
    expect((await countersOf()).closed).toMatchObject({ "proxy.source-collision": 1 });
  });

  it("resets a client that is its own target: its answers would never leave it", async () => {
    await using _ = await running(config("transparent"), "--apply-routes");
    expect(await connectFrom("target", 0, `${node} 80`)).toEqual([{ error: "ECONNRESET" }]);
    expect((await countersOf()).refused).toMatchObject({ hairpin: 1 });
  });

  it("does not start with clientIp: transparent where the route back is missing, and says what sets it", async () => {
    await using edge = await startEdge(config("transparent"));
    const output = await edge.finishes();
    expect(edge.process.exitCode).toBe(1);
    expect(output).toContain(
      `load balancer 'four' cannot preserve client addresses with clientIp: transparent: there is no route that brings ` +
        `the answers of ${target}:3000 to clients back to this machine; \`edge-proxy routes FILE | sh\` sets it`,
    );
    expect(output).toContain(`the answers of [${target6}]:3000`);
    expect(output).not.toContain("Listening");
  });

  it("does not start with clientIp: transparent without the privilege", async () => {
    await using edge = await machines.edge.start(
      (folder) => ["setpriv", "--bounding-set=-net_admin,-net_raw", process.execPath, bin, "run", `${folder}/nlb.yaml`],
      { "nlb.yaml": () => config("transparent") },
    );
    expect(await edge.finishes()).toContain("this process lacks the capability CAP_NET_ADMIN");
    expect(edge.process.exitCode).toBe(1);
  });

  it("says that it takes more rights where --apply-routes may not set routes", async () => {
    await using edge = await machines.edge.start(
      (folder) => {
        const run = [bin, "run", `${folder}/nlb.yaml`, "--apply-routes"];
        return ["setpriv", "--bounding-set=-net_admin", process.execPath, ...run];
      },
      { "nlb.yaml": () => config("transparent") },
    );
    expect(await edge.finishes()).toMatch(/cannot set a route: `ip -4 route replace .*`: .*CAP_NET_ADMIN/);
    expect(edge.process.exitCode).toBe(1);
  });

  it("says with clientIp: auto why it is not transparent, and shows the node's address", async () => {
    await using edge = await running(config("auto"));
    expect(edge.output).toMatch(
      /Client IP of four: loopback \(transparent needs more: there is no route .*10\.91\.2\.2:3000/,
    );
    expect((await connectFrom("client", 0, `${node} 80`))[0]?.seen?.address).toBe(node);
  });

  it("is transparent by itself once `edge-proxy routes | sh` has set the routes, also when that ran twice", async () => {
    const text = config("auto");
    await using printed = await machines.edge.start(
      (folder) => [process.execPath, bin, "routes", `${folder}/nlb.yaml`],
      {
        "nlb.yaml": () => text,
      },
    );
    const commands = await printed.finishes();
    machines.edge.shell(`set -e\n${commands}`);
    machines.edge.shell(`set -e\n${commands}`);
    const edge = await running(text);
    expect(edge.output).toContain("Client IP of six: transparent");
    const [outcome] = await connectFrom("client", 0, `${node6} 80`);
    expect(outcome?.seen).toEqual(outcome?.own);
    await edge[Symbol.asyncDispose]();
    await using removal = await machines.edge.start(
      (folder) => [process.execPath, bin, "routes", `${folder}/nlb.yaml`, "--remove"],
      { "nlb.yaml": () => text },
    );
    machines.edge.shell(`set -e\n${await removal.finishes()}`);
    expect(rules()).toBe("");
  });

  it("takes any route with the right effect, such as a rule for the target's side", async () => {
    const setUp = (verb: string): void => {
      for (const family of ["-4", "-6"]) {
        machines.edge.ip(family, "rule", verb, "iif", "to-target", "lookup", "100");
        machines.edge.ip(family, "route", verb, "local", "default", "dev", "lo", "table", "100");
      }
    };
    setUp("add");
    const edge = await running(config("transparent"));
    const [outcome] = await connectFrom("client", 0, `${node} 80`);
    expect(outcome?.seen).toEqual(outcome?.own);
    await edge[Symbol.asyncDispose]();
    setUp("del");
  });

  it.each(["SIGTERM", "SIGINT"] as const)("--apply-routes removes what it has set after %s", async (signal) => {
    const edge = await running(config("transparent"), "--apply-routes");
    expect(rules()).toContain("from 10.91.2.2");
    edge.process.kill(signal);
    await edge.finishes();
    expect(edge.process.exitCode).toBe(0);
    expect(rules()).toBe("");
    await edge[Symbol.asyncDispose]();
  });

  it("--apply-routes removes what it has set when the start fails afterwards", async () => {
    await using edge = await startEdge(
      config("transparent").replace("port: 9901", "port: 0").replace(node, "10.91.9.9"),
      "--apply-routes",
    );
    expect(await edge.finishes()).toContain("10.91.9.9 is not an address of this machine");
    expect(edge.process.exitCode).toBe(1);
    expect(rules()).toBe("");
  });

  it("--apply-routes leaves a rule alone that was there before", async () => {
    machines.edge.ip(
      "rule",
      "add",
      "from",
      target,
      "ipproto",
      "tcp",
      "sport",
      "3000",
      "lookup",
      "5350",
      "pref",
      "5350",
    );
    const edge = await running(config("transparent"), "--apply-routes");
    await edge[Symbol.asyncDispose]();
    expect(rules()).toContain(`from ${target}`);
    machines.edge.ip("rule", "del", "pref", "5350");
    machines.edge.ip("route", "flush", "table", "5350");
  });

  it("works for a target on the edge's own loopback address", async () => {
    await using local = await machines.edge.start(() => [process.execPath, "-e", targetScript]);
    await local.prints(/listening/);
    await using _ = await running(config("transparent").replaceAll(target, "127.0.0.1"), "--apply-routes");
    const [outcome] = await connectFrom("client", 0, `${node} 80`);
    expect(outcome?.own?.address).toBe(addresses.client);
    expect(outcome?.seen).toEqual(outcome?.own);
  });
});

/** Opens so many connections, from 50 ports of each of its addresses, and prints how many the target answered. */
const manyScript = `
const { connect } = require("node:net");
const [host, count] = process.argv.slice(1);
let answered = 0;
let over = 0;
const done = () => {
  if (++over < Number(count)) return;
  console.log(answered);
  process.exit();
};
for (let i = 0; i < Number(count); i++) {
  const localAddress = "127.0.2." + (1 + Math.floor(i / 50));
  connect({ host, port: 80, localAddress }).once("data", () => { answered++; done(); }).on("error", done);
}
`;

describe.skipIf(!isRoot() || !hasCommand("ip"))("needs root and iproute2: a machine with 200 source ports", () => {
  it.each([
    ["that has to be bound", "127.0.1.1"],
    ["that the kernel would choose by itself", "127.0.0.1"],
  ])("carries 1,000 flows from one node's address to one target, an address %s", async (_, address) => {
    await using machines = new ThreeMachines();
    const { edge: machine } = machines;
    machine.shell("echo 40000 40199 > /proc/sys/net/ipv4/ip_local_port_range");
    await using target = await machine.start(() => [process.execPath, "-e", targetScript]);
    await target.prints(/listening/);
    await using edge = await machine.start((folder) => [process.execPath, bin, "run", `${folder}/nlb.yaml`], {
      "nlb.yaml": () => `
loadBalancers:
  - { name: web, zones: [{ name: a, address: ${address} }], listeners: [{ port: 80, targetGroup: app }] }
targetGroups:
  - { name: app, port: 3000, targets: [{ id: 127.0.0.1 }] }
`,
    });
    await edge.prints(/Limits: /);
    expect(await machine.ask<number>(manyScript, address, "1000")).toBe(1_000);
  });
});
