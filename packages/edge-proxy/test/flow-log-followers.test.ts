import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { collect, connectTo, listenOn, trackLeaks, until, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { createEdgeProxy, type FlowLogLine } from "../src/index.ts";
import { LineWriter } from "../src/observe/line-writer.ts";
import { adminWith, ask } from "./support/admin.ts";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

/** Follows the flow log until it is disposed of. */
class Follower implements Disposable {
  readonly response: IncomingMessage;
  text = "";

  private constructor(response: IncomingMessage) {
    this.response = response;
    // That the instance ends is no accident here.
    response.on("error", () => {});
    response.setEncoding("utf8").on("data", (chunk) => {
      this.text += chunk;
    });
  }

  static async of(port: number, query = ""): Promise<Follower> {
    const sent = request({ host: "127.0.0.1", port, path: `/api/flow-log${query}`, agent: false }).end();
    const [response] = await withDeadline(once(sent, "response"), "the head of the answer");
    return new Follower(response);
  }

  get lines(): FlowLogLine[] {
    return this.text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  async has(count: number): Promise<FlowLogLine[]> {
    await until(() => this.lines.length >= count, `${count} lines`);
    return this.lines;
  }

  [Symbol.dispose](): void {
    this.response.destroy();
  }
}

describe("/api/flow-log", () => {
  it("has a line for each flow from now on, without a flow log in the config", async () => {
    await using target = await listenOn("127.0.0.1", (socket) => socket.end("answer"));
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    await collect(connect(web.port, "127.0.0.1"));
    await web.closeOf(0);
    using follower = await Follower.of(web.nlb.admin?.port ?? 0);
    expect(follower.response.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
    const client = connect(web.port, "127.0.0.1");
    await once(client, "connect");
    const { localPort } = client;
    await collect(client);
    const [line] = await follower.has(1);
    expect(line).toMatchObject({ flow: "2", "client.port": localPort, bytes_out: 6, close: "target.fin" });
    expect(line?.["source.port"]).toEqual(expect.any(Number));
  });

  it("has those that are asked for", async () => {
    await using open = await listenOn("127.0.0.1", (socket) => socket.end("answer"));
    await using web = await startNlb({ targets: [open], admin: { port: 0 }, maxFlows: 1 });
    const port = web.nlb.admin?.port ?? 0;
    using refused = await Follower.of(port, "?close=refused&listener=web:0&client=127.0.0.1");
    using ended = await Follower.of(port, "?close=fin&target_group=app&target=127.0.0.1");
    using elsewhere = await Follower.of(port, "?listener=other:80");
    const first = connect({ port: web.port, host: "127.0.0.1", allowHalfOpen: true });
    await once(first, "connect");
    await until(() => web.connected.length === 1, "the flow");
    await collect(connect(web.port, "127.0.0.1"));
    first.end();
    await collect(first);
    expect((await ended.has(1)).map(({ close }) => close)).toEqual(["target.fin"]);
    expect((await refused.has(1)).map(({ close }) => close)).toEqual(["refused.limit"]);
    expect(elsewhere.lines).toEqual([]);
  });

  it("refuses what no flow can end with, and parameters that it does not have", async () => {
    await using web = await startNlb({ targets: [], admin: { port: 0 } });
    const port = web.nlb.admin?.port ?? 0;
    const misspelt = await ask(port, "/api/flow-log?close=rts");
    expect([misspelt.status, JSON.parse(misspelt.body).error]).toEqual([400, expect.stringContaining("'rts'")]);
    const unknown = await ask(port, "/api/flow-log?port=80");
    expect([unknown.status, JSON.parse(unknown.body).error]).toEqual([400, expect.stringContaining("'port'")]);
    const head = await ask(port, "/api/flow-log", { method: "HEAD" });
    expect([head.status, head.body]).toEqual([200, ""]);
  });

  it("takes ten followers, and another one when one has left", async () => {
    let following = 0;
    await using admin = await adminWith({
      followFlowLog: () => {
        following++;
        return async () => {
          following--;
        };
      },
    });
    const followers = [];
    for (let i = 0; i < 10; i++) followers.push(await Follower.of(admin.port));
    expect((await ask(admin.port, "/api/flow-log")).status).toBe(503);
    expect((await ask(admin.port, "/healthz")).status).toBe(200);
    followers[3]?.[Symbol.dispose]();
    await until(() => following === 9, "the end of one");
    using another = await Follower.of(admin.port);
    expect([another.response.statusCode, following]).toEqual([200, 10]);
    for (const follower of followers) follower[Symbol.dispose]();
    await until(() => following === 1, "the end of the others");
  });

  it("leaves lines out for a follower that reads too slowly, and says how many", async () => {
    const writers: LineWriter[] = [];
    await using admin = await adminWith({
      followFlowLog: (_, destination) => {
        const writer = new LineWriter(destination, (lines) => `{"lines_dropped":${lines}}\n`);
        writers.push(writer);
        return () => writer.close();
      },
    });
    using follower = await Follower.of(admin.port);
    follower.response.pause();
    const [writer] = writers;
    const line = `{"flow":"${"1".repeat(1000)}"}\n`;
    let written = 0;
    await until(() => {
      for (let i = 0; i < 2000; i++, written++) writer?.write(line);
      return (writer?.dropped ?? 0) > 0;
    }, "lines to be dropped");
    follower.response.resume();
    await until(() => /lines_dropped":\d+}\n$/.test(follower.text), "the gap");
    const dropped = follower.lines.map((read) => ("lines_dropped" in read ? Number(read.lines_dropped) : 0));
    const sum = dropped.reduce((a, b) => a + b);
    expect([sum, dropped.filter((count) => count === 0).length]).toEqual([writer?.dropped, written - sum]);
  });

  it("ends with the instance, and the flows that this resets have their lines", async () => {
    await using target = await listenOn();
    const web = await startNlb({ targets: [target], admin: { port: 0 } });
    const client = await connectTo(web.port);
    await until(() => web.connected.length === 1, "the flow");
    using follower = await Follower.of(web.nlb.admin?.port ?? 0);
    const ended = once(follower.response, "end");
    const reset = collect(client);
    await web.nlb.close({ drainMs: 0 });
    await withDeadline(ended, "the end of the log");
    // The flow is older than its follower, and still has its source.
    const source = { "source.address": "127.0.0.1", "source.port": expect.any(Number) };
    expect(follower.lines).toEqual([expect.objectContaining({ close: "proxy.drain", ...source })]);
    await reset;
  });

  it("knows the sources of worker processes' flows too, however short they are", async () => {
    const peers: (number | undefined)[] = [];
    await using target = await listenOn("127.0.0.1", (socket) => {
      peers.push(socket.remotePort);
      socket.end();
    });
    // With an observer the sources would be wanted anyway.
    const web = createEdgeProxy(
      {
        admin: { port: 0 },
        loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
        targetGroups: [{ name: "app", port: target.port, targets: [{ id: "127.0.0.1" }] }],
      },
      { workers: 2, probe: () => ({ outcome: "ok" }) },
    );
    await using _ = await web.start();
    using follower = await Follower.of(web.admin?.port ?? 0);
    // An order that the workers answer: by then they know who wants what.
    await web.refresh();
    for (let i = 0; i < 20; i++) await collect(connect(web.listeners[0]?.port ?? 0, "127.0.0.1"));
    const lines = await follower.has(20);
    expect(lines.map((line) => line["source.port"]).sort()).toEqual(peers.sort());
  });
});
