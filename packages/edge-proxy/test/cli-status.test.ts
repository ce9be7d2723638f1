import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { listenOn, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startNlb, type TestNlb } from "./support/nlb.ts";
import { runHere } from "./support/run-here.ts";

const bin = fileURLToPath(new URL("../bin/edge-proxy.js", import.meta.url));

/** An instance whose one target has been checked. */
async function startChecked(outcome: "ok" | "failed"): Promise<TestNlb & { readonly admin: string }> {
  const web = await startNlb({
    targets: [{ port: 3000 }],
    admin: { port: 0 },
    probe: () => (outcome === "ok" ? { outcome } : { outcome, failure: "failed", detail: "connection refused" }),
  });
  const stateNow = (): string | undefined => web.nlb.describeTargetHealth("app")[0]?.TargetHealth.State;
  if (outcome === "ok") await until(() => stateNow() === "healthy", "the first check");
  return { ...web, admin: String(web.nlb.admin?.port), [Symbol.asyncDispose]: () => web[Symbol.asyncDispose]() };
}

describe("edge-proxy status", () => {
  it("shows listeners, targets and flows, and ends with 0 while targets are healthy", async () => {
    await using web = await startChecked("ok");
    const { code, stdout, stderr } = await runHere("status", "--admin", web.admin);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`\\n {2}web +127\\.0\\.0\\.1:${web.port} +local-1a +app\\n`));
    expect(stdout).toMatch(/\n {2}127\.0\.0\.1:3000 +all +healthy/);
    expect(stdout).toMatch(/\nFlows: 0 of at most \d+;/);
  });

  it("ends with 3 when a target group in use has no healthy target", async () => {
    await using web = await startChecked("failed");
    const { code, stdout } = await runHere("status", "--admin", web.admin);
    expect(code).toBe(3);
    expect(stdout).toContain("Target group app has no healthy target\n");
    const json = await runHere("status", "--admin", `http://127.0.0.1:${web.admin}`, "--json");
    expect(json.code).toBe(3);
    expect(JSON.parse(json.stdout).targetGroups[0].targets[0].TargetHealth.State).not.toBe("healthy");
  });

  it("ends with 1 when nobody is there, or somebody else", async () => {
    await using other = await listenOn();
    await other.close();
    const gone = await runHere("status", "--admin", String(other.port));
    expect([gone.code, gone.stdout]).toEqual([1, ""]);
    expect(gone.stderr).toContain("is it running there? --admin URL says where");
    const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const stranger = await runHere("status", "--admin", String((server.address() as AddressInfo).port));
    expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringContaining("so it is no edge-proxy")]);
    server.close();
    await once(server, "close");
  });
});

describe("edge-proxy top", () => {
  it("prints one frame where there is no terminal", async () => {
    await using web = await startChecked("ok");
    const { code, stdout, stderr } = await runHere("top", "--admin", web.admin);
    expect(code).toBe(0);
    expect(stderr).toContain("This is no terminal");
    expect(stdout).toContain("edge-proxy top");
    expect(stdout).not.toContain("\u001b");
  });

  it.runIf(process.platform === "linux")(
    "draws on a terminal until q is pressed, and gives it back as it was",
    async () => {
      await using web = await startChecked("ok");
      // `script` makes a terminal; stty says what state it is left in.
      const command = `stty rows 40 cols 100; ${process.execPath} ${bin} top --admin ${web.admin}; echo code $?; stty -a`;
      const process_ = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
      let screen = "";
      process_.stdout.on("data", (chunk) => {
        screen += chunk;
      });
      const shows = async (text: string): Promise<void> => {
        while (!screen.includes(text)) await withDeadline(once(process_.stdout, "data"), `${text} on the screen`);
      };
      await shows("127.0.0.1:3000");
      process_.stdin.write("?");
      await shows("this help");
      process_.stdin.write("?q");
      await withDeadline(once(process_, "close"), "the end");
      expect(screen).toContain("\u001b[?1049h\u001b[?25l");
      expect(screen).toContain("\u001b[?25h\u001b[?1049l");
      expect(screen).toMatch(/code 0\r\n[\s\S]* icanon [\s\S]* echo /);
    },
  );
});
