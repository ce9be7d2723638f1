import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { collect, connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { askJson } from "./support/admin.ts";
import { tempFile } from "./support/temp-file.ts";

trackLeaks();

const bin = fileURLToPath(new URL("../bin/edge-proxy.js", import.meta.url));

interface State {
  readonly workers: readonly { readonly flows: number }[];
  readonly flows: { readonly active: number; readonly refused: { readonly limit: number } };
}

describe.skipIf(process.platform !== "linux")("needs Linux: three workers with 256 file descriptors each", () => {
  it("fill up to the last place, whoever accepts: what one has no room for another one takes", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.pipe(socket));
    const config = {
      admin: { port: 0 },
      loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
      targetGroups: [{ name: "app", port: target.port, targets: [{ id: "127.0.0.1" }] }],
    };
    await using file = await tempFile("nlb.yaml", JSON.stringify(config));
    const script = `ulimit -n 256; exec "${process.execPath}" "${bin}" run --json --workers 3 "${file.path}"`;
    const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
    await using _child = {
      [Symbol.asyncDispose]: async () => {
        child.kill("SIGKILL");
        await once(child, "close");
      },
    };
    const [json] = (await withDeadline(once(child.stdout, "data"), "the addresses")) as [Buffer];
    const { admin, listeners, limits } = JSON.parse(json.toString());
    expect(limits).toMatchObject({ maxFlows: 234, maxFlowsPerProcess: 78 });
    const state = (): Promise<State> => askJson(admin.port, "/api/state");
    const clients: Socket[] = [];
    // A few at a time: only so many may be on their way from one worker to another.
    while (clients.length < 234) {
      for (let i = 0; i < 26; i++) clients.push(await connectTo(listeners[0].port));
      await until(async () => (await state()).flows.active === clients.length, "all of them to be carried");
    }
    expect((await state()).workers.map(({ flows }) => flows)).toEqual([78, 78, 78]);
    const beyond = await withDeadline(collect(connect(listeners[0].port)), "the end of one more");
    expect(beyond.end).toBe("rst");
    await until(async () => (await state()).flows.refused.limit === 1, "it to be counted");
    for (const [i, client] of clients.entries()) client.end(`hello ${i}`);
    const ends = await withDeadline(Promise.all(clients.map(collect)), "the answers");
    expect(ends.map(({ bytes }) => bytes.toString())).toEqual(clients.map((_, i) => `hello ${i}`));
    await until(async () => (await state()).flows.active === 0, "the flows to end");
    expect((await state()).flows.refused.limit).toBe(1);
  });
});
