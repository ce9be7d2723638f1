import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { VirtualClock } from "@edgekit/health/monitor";
import { collect, connectTo, listenOn, trackLeaks, until, unusedPort, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { createEdgeProxy } from "../src/index.ts";
import { startNlb } from "./support/nlb.ts";
import { readScrape, sumOf } from "./support/scrape.ts";

trackLeaks();

const flows = "edge_proxy_flows";

describe("a scrape", () => {
  it("is served by the admin server, and a strict reader understands it", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    const client = await connectTo(web.port);
    client.end("hello");
    (await target.accept()).resume().end("good day");
    client.resume();
    await web.closeOf(0);
    const { address, port } = web.nlb.admin ?? {};
    const response = await fetch(`http://${address}:${port}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const scrape = readScrape(await response.text());
    const series = { listener: "web:0", target_group: "app", target: `127.0.0.1:${target.port}` };
    expect(sumOf(scrape, `${flows}_opened_total`, series)).toBe(1);
    expect(sumOf(scrape, `${flows}_closed_total`, { ...series, side: "client", kind: "fin" })).toBe(1);
    expect(sumOf(scrape, "edge_proxy_bytes_total", { ...series, direction: "in" })).toBe(5);
    expect(sumOf(scrape, "edge_proxy_bytes_total", { ...series, direction: "out" })).toBe(8);
    expect(sumOf(scrape, `${flows}_refused_total`)).toBe(0);
    expect(sumOf(scrape, "edge_proxy_build_info")).toBe(1);
    expect(sumOf(scrape, "edge_proxy_config_last_reload_success")).toBe(1);
    expect(sumOf(scrape, "edge_proxy_flow_duration_seconds")).toBeGreaterThan(0);
    const [durations, connects] = ["flow", "connect"].map((what) =>
      scrape.get(`edge_proxy_${what}_duration_seconds`)?.samples.find(({ name }) => name.endsWith("_count")),
    );
    expect([durations?.value, connects?.value]).toEqual([1, 1]);
    expect(sumOf(scrape, "edge_proxy_fds_limit")).toBe(web.nlb.limits.fileDescriptors);
    if (process.platform === "linux") expect(sumOf(scrape, "edge_proxy_fds_open")).toBeGreaterThan(5);
  });

  it("has the bytes of flows that are still open, and the PROXY header's once it is sent", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], attributes: { "proxy_protocol_v2.enabled": true } });
    const client = await connectTo(web.port);
    const server = await target.accept();
    const counts = async (): Promise<number[]> => {
      const scrape = readScrape(await web.nlb.metrics());
      const bytes = (direction: string): number => sumOf(scrape, "edge_proxy_bytes_total", { direction });
      return [bytes("in"), bytes("out"), sumOf(scrape, "edge_proxy_proxy_header_bytes_total")];
    };
    await until(() => web.connected.length === 1, "the flow to be connected");
    expect(await counts()).toEqual([0, 0, 0]);
    client.write(Buffer.alloc(1_000));
    await once(server.resume(), "data");
    await until(async () => (await counts())[0] === 1_000, "the bytes to be counted");
    server.write(Buffer.alloc(70));
    await once(client.resume(), "data");
    expect(await counts()).toEqual([1_000, 70, 100]);
    client.resetAndDestroy();
    await web.closeOf(0);
    expect(await counts()).toEqual([1_000, 70, 100]);
  });

  it("counts what could not be connected by errno, and refusals by reason", async () => {
    await using web = await startNlb({ targets: [{ port: await unusedPort() }] });
    connect(web.port, "127.0.0.1").on("error", () => {});
    await web.closeOf(0);
    await web.nlb.update(withoutTargets);
    await withDeadline(collect(connect(web.nlb.listeners[0]?.port ?? 0, "127.0.0.1")), "the refusal");
    const scrape = readScrape(await web.nlb.metrics());
    const { samples } = scrape.get("edge_proxy_flows_refused_total") ?? {};
    expect(samples?.filter(({ value }) => value > 0).map(({ labels }) => labels["reason"])).toEqual(["no_target"]);
    expect(samples?.length).toBeGreaterThan(3);
  });

  it("does not change a flow when an observer throws, and counts that", async () => {
    await using target = await listenOn();
    const fail = (): never => {
      throw new Error("an observer's own mistake");
    };
    const observers = [{ flowOpened: fail, flowConnected: fail, flowClosed: fail }];
    await using web = await startNlb({ targets: [target], observers });
    const client = await connectTo(web.port);
    client.resetAndDestroy();
    await web.closeOf(0);
    const scrape = readScrape(await web.nlb.metrics());
    expect(sumOf(scrape, "edge_proxy_observer_errors_total")).toBeGreaterThanOrEqual(2);
    expect(sumOf(scrape, `${flows}_closed_total`)).toBe(1);
  });
});

describe("thousands of flows of mixed endings", () => {
  it("are all counted: opened is closed plus active in every scrape, and bytes are those that were carried", async () => {
    const sizes = { up: 0 };
    let turn = 0;
    await using target = await listenOn("127.0.0.1", (socket) => {
      socket.resume();
      socket.on("end", () => socket.end());
      if (turn++ % 3 !== 0) socket.write(Buffer.alloc(321));
    });
    await using web = await startNlb({ targets: [target] });
    const rounds = 40;
    const perRound = 75;
    let scrapes = 0;
    for (let round = 0; round < rounds; round++) {
      const clients = Array.from({ length: perRound }, (_, i) => exchange(web.port, (i + round) % 4, sizes));
      const during = readScrape(await web.nlb.metrics());
      expectBalance(during);
      scrapes++;
      await Promise.all(clients);
    }
    await until(() => web.nlb.flows === 0, "the last flow to end");
    const scrape = readScrape(await web.nlb.metrics());
    expectBalance(scrape);
    expect(scrapes).toBe(rounds);
    const opened = sumOf(scrape, `${flows}_opened_total`);
    expect(opened + sumOf(scrape, `${flows}_refused_total`)).toBe(rounds * perRound);
    expect(sumOf(scrape, `${flows}_active`)).toBe(0);
    expect(web.closed).toHaveLength(opened);
    expect(sumOf(scrape, "edge_proxy_bytes_total", { direction: "in" })).toBe(
      web.closed.reduce((sum, { flow }) => sum + flow.bytesFromClient, 0),
    );
    expect(sumOf(scrape, "edge_proxy_bytes_total", { direction: "in" })).toBe(sizes.up);
    expect(sumOf(scrape, "edge_proxy_bytes_total", { direction: "out" })).toBe(
      web.closed.reduce((sum, { flow }) => sum + flow.bytesFromTarget, 0),
    );
  }, 60_000);
});

describe("the admin server", () => {
  it("answers at the flow limit, and says how it stands", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], maxFlows: 50, admin: { port: 0 } });
    const clients = await Promise.all(Array.from({ length: 50 }, () => connectTo(web.port)));
    await until(() => web.nlb.flows === 50, "the limit to be reached");
    expect((await withDeadline(collect(connect(web.port, "127.0.0.1")), "the refusal")).end).toBe("rst");
    const { port } = web.nlb.admin ?? {};
    const before = performance.now();
    const scrape = readScrape(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    const tookMs = performance.now() - before;
    expect(await health.json()).toEqual({ status: "ok" });
    expect(sumOf(scrape, `${flows}_active`)).toBe(50);
    expect(sumOf(scrape, `${flows}_limit`)).toBe(50);
    expect(sumOf(scrape, `${flows}_refused_total`, { listener: "web:0", reason: "limit" })).toBe(1);
    report(`at the flow limit /metrics and /healthz took ${tookMs.toFixed(1)} ms together`);
    for (const client of clients) client.destroy();
  });
});

describe("targets", () => {
  it("have their state, checks and transitions in a scrape", async () => {
    const clock = new VirtualClock();
    let outcome: "ok" | "failed" = "ok";
    await using nlb = await createEdgeProxy(
      { ...oneTarget, admin: false },
      {
        clock,
        random: () => 0.5,
        probe: () => (outcome === "ok" ? { outcome } : { outcome, failure: "failed", detail: "no" }),
      },
    ).start();
    await clock.advanceAsync(40_000);
    outcome = "failed";
    await clock.advanceAsync(70_000);
    const scrape = readScrape(await nlb.metrics());
    const state = (name: string): number =>
      sumOf(scrape, "edge_proxy_target_state", { target_group: "app", target: "127.0.0.1:9", state: name });
    expect([state("unhealthy"), state("healthy"), state("initial")]).toEqual([1, 0, 0]);
    expect(sumOf(scrape, "edge_proxy_target_state")).toBe(1);
    const ways = scrape.get("edge_proxy_health_transitions_total")?.samples.map(({ labels }) => labels);
    expect(ways).toContainEqual({ target_group: "app", from: "initial", to: "healthy" });
    expect(ways).toContainEqual({ target_group: "app", from: "healthy", to: "unhealthy" });
    expect(sumOf(scrape, "edge_proxy_health_checks_total", { result: "ok" })).toBeGreaterThan(0);
    expect(sumOf(scrape, "edge_proxy_health_checks_total", { result: "failed" })).toBeGreaterThan(1);
    expect(sumOf(scrape, "edge_proxy_failing_open", { target_group: "app" })).toBe(1);
  });

  it("that are gone take their numbers with them", async () => {
    await using target = await listenOn();
    await using web = await startNlb({
      targets: [target],
      attributes: { "deregistration_delay.timeout_seconds": 0 },
    });
    const client = await connectTo(web.port);
    await until(() => web.connected.length === 1, "the flow");
    await web.nlb.update(withoutTargets);
    expectBalance(readScrape(await web.nlb.metrics()));
    client.resetAndDestroy();
    await web.closeOf(0);
    await until(
      async () => sumOf(readScrape(await web.nlb.metrics()), `${flows}_opened_total`) === 0,
      "the target's series to end",
    );
  });

  it("can be ten thousand", async () => {
    await using nlb = await createEdgeProxy(
      {
        admin: { port: 0 },
        loadBalancers: oneTarget.loadBalancers,
        targetGroups: [
          {
            name: "app",
            port: 80,
            healthCheck: { intervalSeconds: 300 },
            targets: Array.from({ length: 10_000 }, (_, i) => ({ id: "127.0.0.1", port: 10_000 + i })),
          },
        ],
      },
      // Time stands still, so that nothing but the scrape is measured.
      { clock: new VirtualClock() },
    ).start();
    await nlb.metrics();
    const blocks = new LongestTurn();
    const startedMs = performance.now();
    const text = await nlb.metrics();
    const tookMs = performance.now() - startedMs;
    const longestMs = blocks.stop();
    const scrape = readScrape(text);
    expect(scrape.get("edge_proxy_target_state")?.samples).toHaveLength(70_000);
    expect(readScrape(await nlb.metrics()).get("edge_proxy_target_state")?.samples).toHaveLength(70_000);
    const kib = (text.length / 1024).toFixed(0);
    report(`10,000 targets: ${tookMs.toFixed(0)} ms, ${longestMs.toFixed(0)} ms in one piece at most, ${kib} KiB`);
  }, 60_000);
});

const oneTarget = {
  loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
  targetGroups: [{ name: "app", port: 9, targets: [{ id: "127.0.0.1" }] }],
};

const withoutTargets = {
  loadBalancers: oneTarget.loadBalancers,
  targetGroups: [{ name: "app", port: 80, attributes: { "deregistration_delay.timeout_seconds": 0 } }],
};

function expectBalance(scrape: ReturnType<typeof readScrape>): void {
  const sum = (what: string): number => sumOf(scrape, `${flows}_${what}`);
  expect(sum("opened_total")).toBe(sum("closed_total") + sum("active"));
}

/** One client's life; adds up what it sends where all of it must arrive. */
async function exchange(port: number, ending: number, sizes: { up: number }): Promise<void> {
  const client: Socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  client.on("error", () => {});
  client.once("end", () => client.end());
  client.resume();
  const closed = new Promise((resolve) => client.once("close", resolve));
  client.once("connect", () => {
    if (ending === 0) client.end();
    else if (ending === 1) client.resetAndDestroy();
    else {
      const bytes = ending === 2 ? 10 : 50_000;
      sizes.up += bytes;
      client.end(Buffer.alloc(bytes));
    }
  });
  await closed;
}

/** How long the event loop was held at most. */
class LongestTurn {
  #lastMs = performance.now();
  #longestMs = 0;
  #isOver = false;

  constructor() {
    setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    const nowMs = performance.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    if (!this.#isOver) setImmediate(this.#turn);
  };

  stop(): number {
    this.#turn();
    this.#isOver = true;
    return this.#longestMs;
  }
}

/** A figure for whoever reads the output; nothing depends on it. */
function report(figure: string): void {
  process.stderr.write(`${figure}\n`);
}
