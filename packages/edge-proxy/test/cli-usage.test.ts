import type { Command } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { loadConfigObject } from "../src/api/config/load.ts";
import { createProgram } from "../src/cli/program.ts";
import { isShortForm } from "../src/cli/short-form.ts";
import { runHere } from "./support/run-here.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const commands: readonly Command[] = createProgram().commands;

describe("the command line", () => {
  it.each([
    [["rnu", "nlb.yaml"], "unknown command 'rnu'\n(Did you mean run?)"],
    [["--proxy-protcol", "8080", "3000"], "unknown option '--proxy-protcol'\n(Did you mean --proxy-protocol?)"],
    [["check", "--jsn", "x"], "unknown option '--jsn'\n(Did you mean --json?)"],
    [["8080"], "missing required argument 'targets'"],
    [["8080", "localhost:3000"], "host names are not accepted"],
    [["99999", "3000"], "value '99999' is invalid for argument 'listen'"],
    [["8080", "0"], "A target needs a port from 1 to 65535"],
    [["8080", "3000", "127.0.0.1:3000"], "127.0.0.1:3000 is listed twice"],
    [["8080", "3000", "--health", "tcp:/x"], "Give tcp, http:/PATH or https:/PATH"],
    [
      ["8080", "3000", "--vpce-id", "vpce-1"],
      "option '--vpce-id <id>' argument 'vpce-1' is invalid. Give 'vpce-' and 8 or 17 hex digits.",
    ],
    [["status", "--admin", "ftp://x"], "Give a URL such as http://127.0.0.1:9901"],
    [[], "Usage: edge-proxy"],
    [["check"], "missing required argument 'file'"],
    [["run", "a", "b"], "too many arguments"],
    [["frob"], "unknown command 'frob'\n(--help says more)"],
    [["run", "--frob"], "unknown option '--frob'\n(--help says more)"],
    [["demo", "--port", "70000"], "A port is a whole number from 0 to 65535"],
    [["run", "/nonexistent.yaml"], "cannot read /nonexistent.yaml: no such file or directory (ENOENT)\n"],
    ...["0", "x", "1.5", "129"].map((workers): [string[], string] => [
      ["run", "--workers", workers],
      "Workers are a whole number from 1 to 128, or auto: one for each processor.",
    ]),
  ])("says what is wrong and ends with 2: %j", async (words, message) => {
    const { code, stdout, stderr } = await runHere(...words);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  it.each(commands.map((command) => command.name()))("has help with an example for %s", async (name) => {
    const { code, stdout, stderr } = await runHere(name, "--help");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/\nExamples?:\n {2}\S/);
  });

  it.each(commands)("names a variable for every option", (command) => {
    for (const option of command.options) expect(option.envVar).toMatch(/^EDGE_PROXY_[A-Z_]+$/);
  });

  it("prints its version", async () => {
    expect(await runHere("--version")).toEqual({ code: 0, stdout: "0.0.0\n", stderr: "" });
  });
});

describe("a variable of the environment", () => {
  const adminPort = async (...words: string[]): Promise<unknown> =>
    parse((await runHere("8080", "3000", "--print-config", ...words)).stdout).admin;

  it("is an option's value, and loses against the command line", async () => {
    vi.stubEnv("EDGE_PROXY_ADMIN_PORT", "1234");
    expect(await adminPort()).toEqual({ port: 1234 });
    expect(await adminPort("--admin-port", "77")).toEqual({ port: 77 });
  });

  it.each([
    ["1", false],
    ["true", false],
    ["0", { port: 9901 }],
    ["false", { port: 9901 }],
    ["", { port: 9901 }],
  ])("switches an option without a value on, or not: %j", async (value, admin) => {
    vi.stubEnv("EDGE_PROXY_NO_ADMIN", value);
    expect(await adminPort()).toEqual(admin);
  });

  it("is checked as the option is", async () => {
    vi.stubEnv("EDGE_PROXY_ADMIN_PORT", "many");
    const { code, stderr } = await runHere("8080", "3000", "--print-config");
    expect(code).toBe(2);
    expect(stderr).toContain("from env 'EDGE_PROXY_ADMIN_PORT'");
  });
});

describe("the short form", () => {
  it.each([
    [["8080", "3000"], true],
    [["127.0.0.1:8080", "3000"], true],
    [["[::1]:8080", "3000"], true],
    [["--sticky", "8080", "3000"], true],
    [["run", "8080"], false],
    [["--json", "check", "x"], false],
    [["rnu"], false],
    [["--help"], false],
    [["--version"], false],
    [[], false],
  ])("is told from commands: %j", (words, expected) => {
    expect(isShortForm(words, ["run", "check"])).toBe(expected);
  });

  it("prints the config that it stands for, without a warning", async () => {
    const line =
      "0.0.0.0:8080 3000 [::1]:3001 --proxy-protocol --sticky --preserve-client-ip --health http:/up --no-admin";
    const { code, stdout } = await runHere(...line.split(" "), "--vpce-id", "vpce-0123456789abcdef0", "--print-config");
    expect(code).toBe(0);
    const config = parse(stdout);
    expect(loadConfigObject(config).warnings).toEqual([]);
    expect(config).toEqual({
      admin: false,
      loadBalancers: [
        {
          name: "web",
          zones: [{ name: "local-1a", address: "0.0.0.0" }],
          listeners: [{ port: 8080, targetGroup: "app" }],
          vpcEndpoints: [{ id: "vpce-0123456789abcdef0", port: 8081 }],
        },
      ],
      targetGroups: [
        {
          name: "app",
          port: 3000,
          healthCheck: { protocol: "HTTP", path: "/up", intervalSeconds: 5, timeoutSeconds: 2, healthyThreshold: 2 },
          attributes: {
            "proxy_protocol_v2.enabled": true,
            "preserve_client_ip.enabled": true,
            "stickiness.enabled": true,
          },
          targets: [
            { id: "127.0.0.1", port: 3000 },
            { id: "::1", port: 3001 },
          ],
        },
      ],
    });
  });

  it("says where an endpoint's id would not be seen", async () => {
    const { stderr } = await runHere("8080", "3000", "--vpce-id", "vpce-0123456789abcdef0", "--print-config");
    expect(stderr).toContain("with --proxy-protocol only");
  });
});
