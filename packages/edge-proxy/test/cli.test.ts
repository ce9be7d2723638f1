import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsVpcEndpointId, decode } from "@edgekit/pp2";
import { collect, connectTo, listenOn, withDeadline } from "@edgekit/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Cli } from "./support/cli.ts";

interface DemoAnswer {
  readonly target: string;
  readonly peer: { readonly address: string; readonly port: number };
  readonly client: { readonly address: string; readonly port: number };
  readonly vpcEndpointId: string | null;
  readonly proxyHeader: string;
}

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const freePorts = ["--port", "0", "--endpoint-port", "0", "--admin-port", "0", "--dns-port", "0"];

async function startDemo(): Promise<{ cli: Cli; direct: string; endpoint: string; admin: string }> {
  const cli = new Cli("demo", ...freePorts);
  const [, direct = "", endpoint = "", admin = ""] = await cli.prints(
    /curl -s (http:\S+)[\s\S]*curl -s (http:\S+)[\s\S]*(http:\S+)\/ in a browser[\s\S]*Ctrl-C/,
  );
  return { cli, direct, endpoint, admin };
}

/** One request on a connection of its own, with the port that the client really had. */
function ask(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; localPort: number }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers }, (response) => {
      const localPort = response.socket.localPort ?? 0;
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body, localPort }));
    });
    request.on("error", reject);
  });
}

describe("edge-proxy demo", () => {
  it("answers with the client's own port, and with the VPC endpoint's id only behind the endpoint", async () => {
    const { cli, direct, endpoint, admin } = await startDemo();
    await using _ = cli;
    for (const [url, vpcEndpointId] of [
      [direct, null],
      [endpoint, "vpce-0123456789abcdef0"],
    ] as const) {
      const { body, localPort } = await ask(url);
      const answer = JSON.parse(body) as DemoAnswer;
      expect(answer.client).toEqual({ address: "127.0.0.1", port: localPort });
      expect(answer.peer.port).not.toBe(localPort);
      expect(answer.vpcEndpointId).toBe(vpcEndpointId);
      const header = decode(Buffer.from(answer.proxyHeader, "hex"), { crc32c: "require" });
      if (header.status !== "ok") throw new Error(header.status);
      expect(header.bytesRead).toBe(100);
      expect(header.header.source?.port).toBe(localPort);
      expect(awsVpcEndpointId(header.header) ?? null).toBe(vpcEndpointId);
    }
    expect((await ask(`${admin}/healthz`)).body).toBe('{\n  "status": "ok"\n}\n');
    const state = JSON.parse((await ask(`${admin}/api/state`)).body);
    expect(state.flows.flowsOpened).toBe(2);
    expect(state.targetGroups[0].targets).toHaveLength(3);
    expect(cli.stdout).toMatch(/Limits: \d+ file descriptors, so \d+ flows/);
    const [, dnsPort, name = ""] = /dig @127\.0\.0\.1 -p (\d+) (\S+)/.exec(cli.stdout) ?? [];
    expect(readme).toContain(name);
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${dnsPort}`]);
    expect(await resolver.resolve4(name)).toEqual(["127.0.0.1"]);
    cli.process.kill("SIGTERM");
    expect(await cli.exit()).toBe(0);
  });

  it("uses all of its targets", async () => {
    const { cli, direct } = await startDemo();
    await using _ = cli;
    const seen = new Set<string>();
    for (let i = 0; i < 100 && seen.size < 3; i++)
      seen.add((JSON.parse((await ask(direct)).body) as DemoAnswer).target);
    expect([...seen].sort()).toEqual(["app-1", "app-2", "app-3"]);
  });

  it("names the port that is taken and the flag that moves it, and ends with 1", async () => {
    await using other = await listenOn();
    for (const flag of ["--port", "--endpoint-port", "--admin-port", "--dns-port"]) {
      await using cli = new Cli("demo", ...freePorts, flag, String(other.port));
      expect(await cli.exit()).toBe(1);
      expect(cli.stderr).toContain(`port ${other.port} is already taken`);
      expect(cli.stderr).toContain(`choose another with ${flag} PORT`);
    }
  });

  it("suggests an AWS CLI command that has all that the AWS CLI asks for", async () => {
    const { cli, admin } = await startDemo();
    await using _ = cli;
    expect(cli.stdout).toContain(
      `AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws --region us-east-1 --endpoint-url ${admin} elbv2 describe-target-groups`,
    );
  });

  it("ends at once on a second signal", async () => {
    const { cli, direct } = await startDemo();
    await using _ = cli;
    const { hostname, port } = new URL(direct);
    const client = await connectTo(Number(port), { host: hostname });
    // The second request never ends, so that neither does the connection; the first one's answer says that both are there.
    client.write("GET / HTTP/1.1\r\nHost: demo\r\n\r\nGET / HTTP/1.1\r\n");
    await withDeadline(once(client, "data"), "the answer");
    cli.process.kill("SIGTERM");
    while (!cli.stderr.includes("SIGTERM")) await new Promise((resolve) => cli.process.stderr?.once("data", resolve));
    cli.process.kill("SIGTERM");
    expect(await cli.exit()).toBe(1);
    client.destroy();
  });
});

describe("edge-proxy admin", () => {
  it("answers only on loopback names, and changes nothing", async () => {
    const { cli, admin } = await startDemo();
    await using _ = cli;
    expect((await ask(`${admin}/healthz`, { host: "evil.example" })).status).toBe(403);
    expect((await ask(`${admin}/nothing`)).status).toBe(404);
    const posted = await fetch(`${admin}/api/state`, { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    await posted.text();
  });
});

describe("edge-proxy run", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "edge-proxy-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function config(text: string): Promise<string> {
    const file = join(folder, "nlb.yaml");
    await writeFile(file, text);
    return file;
  }

  it("runs a config file, and SIGTERM lets open flows end before it exits with 0", async () => {
    await using target = await listenOn();
    const file = await config(`
admin: false
loadBalancers:
  - name: web
    listeners: [{ port: 0, targetGroup: app }]
targetGroups:
  - name: app
    port: ${target.port}
    healthCheck: { intervalSeconds: 300 }
    targets: [{ id: 127.0.0.1 }]
`);
    await using cli = new Cli("run", file);
    const [, port] = await cli.prints(/127\.0\.0\.1:(\d+) +web \(zone local-1a\) → app/);
    const probe = await target.accept();
    probe.destroy();
    const client = await connectTo(Number(port));
    client.write("hello");
    const server = await target.accept();
    cli.process.kill("SIGTERM");
    server.end("goodbye");
    const got = await collect(client);
    expect(got.bytes.toString()).toBe("goodbye");
    client.end();
    expect(await cli.exit()).toBe(0);
  });

  it("starts nothing from a config with a mistake, says where it is, and ends with 2", async () => {
    const file = await config("loadBalancers:\n  - name: web\n    listeners: [{ port: 0, targetGroup: app }]\n");
    await using cli = new Cli("run", file);
    expect(await cli.exit()).toBe(2);
    expect(cli.stdout).toBe("");
    expect(cli.stderr).toContain(`${file}:3:41: loadBalancers[0].listeners[0]: target group 'app' does not exist`);
  });

  it("keeps nothing open when one of several listeners cannot open", async () => {
    await using other = await listenOn();
    const file = await config(`
admin: false
loadBalancers:
  - name: web
    listeners: [{ port: 0, targetGroup: app }, { port: ${other.port}, targetGroup: app }]
targetGroups: [{ name: app, port: 1 }]
`);
    await using cli = new Cli("run", file);
    expect(await cli.exit()).toBe(1);
    expect(cli.stderr).toContain(
      `cannot listen on 127.0.0.1:${other.port} for load balancer 'web': port ${other.port} is already taken`,
    );
  });
});

describe("edge-proxy forward", () => {
  it("runs from a line without a command, and sends what its options say", async () => {
    await using target = await listenOn();
    await using cli = new Cli("0", String(target.port), "--proxy-protocol", "--no-admin", "--json");
    const [, json = ""] = await cli.prints(/^(\{.*\})\n/);
    const { listeners, admin } = JSON.parse(json);
    expect(admin).toBeNull();
    // Health checks come in too, with a header of their own or none.
    const client = await connectTo(listeners[0].port);
    client.write("hello");
    for (;;) {
      const server = await withDeadline(target.accept(), "the flow");
      const { bytes } = await collect(server.on("data", () => client.end()));
      server.destroy();
      if (!bytes.includes("hello")) continue;
      const header = decode(bytes, { crc32c: "require" });
      if (header.status !== "ok") throw new Error(header.status);
      expect(header.header.source?.port).toBe(client.localPort);
      expect(bytes.toString("latin1", header.bytesRead)).toBe("hello");
      break;
    }
    client.destroy();
    cli.process.kill("SIGTERM");
    expect(await cli.exit()).toBe(0);
  });
});

describe("a port that is taken", () => {
  it.each([
    { option: "--admin-port", words: ["run"] },
    { option: "--admin-port", words: ["0", "3000"] },
    { option: "--dns-port", words: ["run", "--admin-port", "0"] },
    { option: "--endpoint-port", words: ["0", "3000", "--no-admin", "--vpce-id", "vpce-0123456789abcdef0"] },
  ])("is named together with the option that moves it: $option of $words", async ({ option, words }) => {
    await using other = await listenOn();
    await using cli = new Cli(...words, option, String(other.port));
    expect(await cli.exit()).toBe(1);
    expect(cli.stderr).toContain(`port ${other.port} is already taken; choose another with ${option} PORT`);
  });
});

describe.skipIf(process.platform !== "linux")("needs Linux: the default port of a short form's VPC endpoint", () => {
  it("is named together with the option that moves it where it is taken", async () => {
    // An address of its own, where nobody else takes the port before.
    const address = "127.77.0.1";
    await using other = await listenOn(address);
    const listen = `${address}:${other.port - 1}`;
    await using cli = new Cli(listen, "3000", "--no-admin", "--vpce-id", "vpce-0123456789abcdef0");
    expect(await cli.exit()).toBe(1);
    expect(cli.stderr).toContain(`port ${other.port} is already taken; choose another with --endpoint-port PORT`);
  });
});

describe("edge-proxy without a file", () => {
  it("runs empty, so that everything can be made while it runs", async () => {
    await using cli = new Cli({ env: { EDGE_PROXY_JSON: "1" } }, "run");
    // Port 9901 may be somebody else's here.
    const outcome = await Promise.race([cli.prints(/^\{"listeners":\[\]/), cli.exit()]);
    if (typeof outcome === "number") expect(cli.stderr).toContain("port 9901 is already taken");
    else expect(JSON.parse(cli.stdout).warnings).toEqual([]);
  });
});

describe("output that nobody reads", () => {
  it("ends no command with an error", async () => {
    await using cli = new Cli("--help");
    cli.process.stdout?.destroy();
    expect([await cli.exit(), cli.stderr]).toEqual([0, ""]);
  });

  it.runIf(process.platform === "linux")("is no success when it could not be written: the disk is full", async () => {
    const full = await open("/dev/full", "w");
    await using cli = new Cli({ output: full.fd }, "schema");
    await full.close();
    const code = await cli.exit();
    expect([code, cli.stderr]).toEqual([1, "cannot write to standard output: no space left on device (ENOSPC)\n"]);
  });
});
