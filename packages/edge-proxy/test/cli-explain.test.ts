import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runHere } from "./support/run-here.ts";
import { type TempFile, tempFile } from "./support/temp-file.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const config = `
loadBalancers:
  - name: web
    listeners: [{ port: 8080, targetGroup: app }]
    vpcEndpoints: [{ id: vpce-08d2bf15fac5001c9, port: 8081 }]
targetGroups:
  - name: app
    port: 3000
    attributes: { proxy_protocol_v2.enabled: true, preserve_client_ip.enabled: true }
    targets: [{ id: 127.0.0.1 }]
`;
const from = ["--from", "127.0.0.1:40001"];
const question = [...from, "--to", "web:8080"];

function configFile(text: string = config): Promise<TempFile> {
  return tempFile("nlb.yaml", text);
}

describe("edge-proxy explain", () => {
  it("says target, source and header for people", async () => {
    await using file = await configFile();
    const { code, stdout, stderr } = await runHere("explain", file.path, ...question);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^client +127\.0\.0\.1:40001 +connects to 127\.0\.0\.1:8080: web, zone local-1a\n/);
    expect(stdout).toMatch(/\ntarget +127\.0\.0\.1:3000 +the only eligible target\n/);
    expect(stdout).toMatch(/\nsource +127\.0\.0\.1, any port +preserve_client_ip\.enabled;/);
    expect(stdout).toMatch(/\nheader +100 bytes +together with the client's first bytes\n/);
    expect(stdout).toContain("every target is taken as healthy");
    expect(stdout).toMatch(/\n {4}24 {2}9c 41 +source port: 40001\n/);
  });

  it("says the same as JSON, and comes through an endpoint with --via", async () => {
    await using file = await configFile();
    const { stdout } = await runHere("explain", file.path, ...question, "--via", "vpce-08d2bf15fac5001c9", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      port: 8081,
      vpcEndpointId: "vpce-08d2bf15fac5001c9",
      target: "127.0.0.1:3000",
      source: { kind: "kernel", address: "127.0.0.1" },
      targetGroups: [{ name: "app", chosen: true }],
    });
  });

  it.each([
    [[...from, "--to", "wep:8080"], "nothing listens at 'wep:8080'; did you mean 'web:8080'?\n"],
    [
      ["--from", "here", "--to", "web"],
      "'from' must be an address and port such as 198.51.100.7:40001, but was 'here'\n",
    ],
    [[...question, "--seed", "x"], "'seed' must be a whole number from 0 to 4294967295, but was 'x'\n"],
    [[...question, "--admin", "9901"], "give either a config file, or --admin with the URL of a running instance\n"],
  ])("ends with 2 on a question that has no answer: %j", async (words, message) => {
    await using file = await configFile();
    expect(await runHere("explain", file.path, ...words)).toEqual({ code: 2, stdout: "", stderr: message });
  });

  it("asks the file that it is given, though a variable names an instance for other commands", async () => {
    vi.stubEnv("EDGE_PROXY_ADMIN", "1");
    await using file = await configFile();
    expect((await runHere("explain", file.path, ...question)).code).toBe(0);
  });

  it("ends with 1 where the connection is refused", async () => {
    await using file = await configFile(config.replace("targets: [{ id: 127.0.0.1 }]", "targets: []"));
    const { code, stdout } = await runHere("explain", file.path, ...question);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\ntarget +refused +refused\.no_target: no target of 'app' is eligible\n/);
  });

  it("explains what a machine that can would do, and says that this one cannot", async () => {
    // 203.0.113.0/24 is nobody's, so that no machine has routes for its answers.
    const text = config
      .replace("- name: web", "- name: web\n    clientIp: transparent")
      .replace("id: 127.0.0.1", "id: 203.0.113.9");
    await using file = await configFile(text);
    const { stdout } = await runHere("explain", file.path, "--from", "198.51.100.7:1", "--to", "web", "--json");
    const { source, notes } = JSON.parse(stdout);
    expect(source).toMatchObject({ kind: "client", address: "198.51.100.7", port: 1 });
    expect(notes).toContainEqual(expect.stringContaining("`run` would refuse here"));
  });

  it("asks a running instance with --admin, and passes its error on", async () => {
    const answers = [
      { status: 200, body: { client: "a", targetGroups: [], target: "t", notes: [], why: "" } },
      { status: 400, body: { error: "there is no listener 'x'" } },
      { status: 404, body: { error: "there is no /explain" } },
    ];
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      const { status, body } = answers[asked.length - 1] ?? { status: 500, body: {} };
      response.writeHead(status).end(JSON.stringify(body));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const admin = String((server.address() as AddressInfo).port);
    const ask = (): ReturnType<typeof runHere> =>
      runHere("explain", "--admin", admin, ...question, "--seed", "7", "--json");
    expect(JSON.parse((await ask()).stdout)).toMatchObject({ target: "t" });
    expect(asked).toEqual(["/explain?from=127.0.0.1%3A40001&to=web%3A8080&seed=7"]);
    expect(await ask()).toMatchObject({ code: 2, stderr: "there is no listener 'x'\n" });
    expect(await ask()).toMatchObject({
      code: 1,
      stderr: `cannot read from http://127.0.0.1:${admin}: there is no /explain\n`,
    });
    server.close();
    await once(server, "close");
  });
});
