import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { collect, listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Cli } from "./support/cli.ts";
import { startNlb, type TestNlb } from "./support/nlb.ts";
import { runHere } from "./support/run-here.ts";

trackLeaks();

/** Somebody who follows the flow log of an instance, and flows for as long as it goes on. */
async function withFlows<Result>(web: TestNlb, watching: Promise<Result>): Promise<Result> {
  let isOver = false;
  const flows = (async () => {
    while (!isOver) await collect(connect(web.port, "127.0.0.1"));
  })();
  try {
    return await withDeadline(watching, "the end of tap");
  } finally {
    isOver = true;
    await flows;
  }
}

describe("edge-proxy tap", () => {
  it("shows flows as they end, for people and for programs", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.end("answer"));
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    const admin = String(web.nlb.admin?.port);
    const words = await withFlows(web, runHere("tap", "--admin", admin, "--count", "2", "--target", "127.0.0.1"));
    expect([words.code, words.stderr]).toEqual([0, ""]);
    const way = `127\\.0\\.0\\.1:\\d+ -> web:0 -> app/127\\.0\\.0\\.1:${target.port}`;
    const line = `\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z target\\.fin +\\d\\.\\d{3} s +0 B in +6 B out +${way}\n`;
    expect(words.stdout).toMatch(new RegExp(`^(${line}){2}$`));
    const json = await withFlows(web, runHere("tap", "--admin", admin, "--count", "1", "--json"));
    expect(JSON.parse(json.stdout)).toMatchObject({ close: "target.fin", bytes_out: 6 });
  });

  it("says why, for a client that was refused and a target that is not there", async () => {
    await using web = await startNlb({ targets: [{ port: 1 }], admin: { port: 0 } });
    const admin = String(web.nlb.admin?.port);
    const failed = await withFlows(web, runHere("tap", "--admin", admin, "--count", "1", "--close", "target.error"));
    expect(failed.stdout).toMatch(/ target\.error .* -> app\/127\.0\.0\.1:1 \(ECONNREFUSED\)\n$/);
    await using empty = await startNlb({ targets: [], admin: { port: 0 } });
    const there = String(empty.nlb.admin?.port);
    const refused = await withFlows(empty, runHere("tap", "--admin", there, "--count", "1", "--close", "refused"));
    expect(refused.stdout).toMatch(/ refused\.no_target +127\.0\.0\.1:\d+ -> web:0\n$/);
  });

  it("ends with 1 when nobody is there or somebody else, with 2 for an ending that there is not", async () => {
    const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = String((server.address() as AddressInfo).port);
    const stranger = await runHere("tap", "--admin", port);
    expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringContaining("so it is no edge-proxy")]);
    server.close();
    await once(server, "close");
    const gone = await runHere("tap", "--admin", port);
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining("is it running there?")]);
    expect((await runHere("tap", "--close", "rts")).code).toBe(2);
  });

  it.each([
    [0, []],
    [1, ["--count", "1000000"]],
  ])("ends with %i when the instance ends, with the options %o", async (code, options) => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.end("answer"));
    const web = await startNlb({ targets: [target], admin: { port: 0 } });
    await using tap = new Cli("tap", "--admin", String(web.nlb.admin?.port), ...options);
    await withFlows(web, tap.prints(/target\.fin/));
    await web.nlb.close({ drainMs: 0 });
    expect([await tap.exit(), tap.stderr]).toEqual([code, "The instance has ended.\n"]);
  });

  it("ends with 0 at Ctrl-C, and when its reader has gone", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.end("answer"));
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    const admin = String(web.nlb.admin?.port);
    await using interrupted = new Cli("tap", "--admin", admin);
    await withFlows(web, interrupted.prints(/target\.fin/));
    interrupted.process.kill("SIGINT");
    expect(await interrupted.exit()).toBe(0);
    await using unread = new Cli("tap", "--admin", admin);
    await withFlows(web, unread.prints(/target\.fin/));
    unread.process.stdout?.destroy();
    expect(await withFlows(web, unread.exit())).toBe(0);
  });
});
