import { connect } from "node:net";
import type { Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import { collect, connectTo, listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { type Known, RandomCalls } from "./random-calls.ts";
import { Api } from "./support/api.ts";
import { clientAddress, listenerPort, zones } from "./support/place.ts";
import { element, type Fields } from "./support/query.ts";
import { randomFrom } from "./support/random.ts";

trackLeaks();

const calls = 2_000;
const lookEvery = 100;

/** What there must be, by the answers alone. */
class Expected implements Known {
  readonly loadBalancers = new Set<string>();
  readonly groups = new Set<string>();
  readonly listeners = new Map<string, string>();
  readonly gone: string[] = [];

  readonly targetPorts: readonly number[];

  constructor(targetPorts: readonly number[]) {
    this.targetPorts = targetPorts;
  }

  succeeded(fields: Fields, body: string): void {
    const { Action, LoadBalancerArn = "", TargetGroupArn = "", ListenerArn = "" } = fields;
    const made = (name: string): string => element(body, name) ?? "";
    if (Action === "CreateLoadBalancer") this.loadBalancers.add(made("LoadBalancerArn"));
    else if (Action === "CreateTargetGroup") this.groups.add(made("TargetGroupArn"));
    else if (Action === "CreateListener") this.listeners.set(made("ListenerArn"), LoadBalancerArn);
    else if (Action === "DeleteTargetGroup" && this.groups.delete(TargetGroupArn)) this.gone.push(TargetGroupArn);
    else if (Action === "DeleteListener") this.#listenerGone(ListenerArn);
    else if (Action === "DeleteLoadBalancer" && this.loadBalancers.delete(LoadBalancerArn)) {
      this.gone.push(LoadBalancerArn);
      for (const [arn, loadBalancer] of this.listeners) if (loadBalancer === LoadBalancerArn) this.#listenerGone(arn);
    }
  }

  #listenerGone(arn: string): void {
    this.listeners.delete(arn);
    this.gone.push(arn);
  }
}

/** What a client gets: the port of the target that it reached, or how it was sent away. */
async function outcome(host: string, port: number): Promise<number | "rst" | "refused"> {
  const client = connect({ port, host, localAddress: clientAddress });
  const { bytes, end, errno } = await withDeadline(collect(client), `the end of a flow to ${host}:${port}`);
  client.destroy();
  if (errno === "ECONNREFUSED") return "refused";
  return bytes.length > 0 ? Number(bytes) : (end as "rst");
}

function groupsOf({ DefaultActions = [] }: Listener): string[] {
  const [action] = DefaultActions;
  const weighted = action?.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action?.TargetGroupArn, Weight: 1 }];
  return weighted.filter(({ Weight }) => Weight !== 0).map(({ TargetGroupArn }) => TargetGroupArn ?? "");
}

/** Compares what the answers said, what the API describes, and what clients meet. @returns how many of them reached a target */
async function agree(api: Api, expected: Expected, about: string): Promise<number> {
  let reached = 0;
  const { LoadBalancers = [] } = await api.elb.describeLoadBalancers({});
  expect(new Set(LoadBalancers.map((one) => one.LoadBalancerArn)), about).toEqual(expected.loadBalancers);
  const { TargetGroups = [] } = await api.elb.describeTargetGroups({});
  expect(new Set(TargetGroups.map((one) => one.TargetGroupArn)), about).toEqual(expected.groups);
  const registered = new Map<string, Set<number>>();
  for (const { TargetGroupArn = "" } of TargetGroups) {
    const states = [...(await api.states(TargetGroupArn))].filter(([, state]) => state !== "draining");
    registered.set(TargetGroupArn, new Set(states.map(([port]) => port)));
  }
  const open = new Set<string>();
  const described: string[] = [];
  for (const { LoadBalancerArn = "", AvailabilityZones = [] } of LoadBalancers) {
    const { Listeners = [] } = await api.elb.describeListeners({ LoadBalancerArn });
    described.push(...Listeners.map(({ ListenerArn }) => ListenerArn ?? ""));
    for (const listener of Listeners) {
      const sets = groupsOf(listener).map((arn) => registered.get(arn) ?? new Set<number>());
      for (const { ZoneName } of AvailabilityZones) {
        const host = zones.find(({ name }) => name === ZoneName)?.address ?? "";
        const port = listener.Port ?? 0;
        open.add(`${host}:${port}`);
        const result = await outcome(host, port);
        if (typeof result === "number") {
          const known = sets.some((ports) => ports.has(result));
          expect(known, `${about}: ${result} is no target of ${listener.ListenerArn}`).toBe(true);
          reached++;
        }
        // Nowhere to go: the group that the weights chose is empty, or all weights are 0.
        else expect([result, sets.every((ports) => ports.size > 0) && sets.length > 0], about).toEqual(["rst", false]);
      }
    }
  }
  expect(new Set(described), about).toEqual(new Set(expected.listeners.keys()));
  expect(new Set(api.nlb.listeners.map(({ address, port }) => `${address}:${port}`)), about).toEqual(open);
  for (const { address } of zones) {
    for (let port = listenerPort; port < listenerPort + 4; port++) {
      if (!open.has(`${address}:${port}`)) expect(await outcome(address, port), about).toBe("refused");
    }
  }
  return reached;
}

describe("two thousand random calls, valid and not", () => {
  it("leave the model, the answers and the data plane in agreement", async () => {
    // Each target says at once who it is, and hangs up.
    const targets = await Promise.all(
      Array.from({ length: 4 }, () => listenOn("127.0.0.1", (socket) => socket.end(String(socket.localPort)))),
    );
    await using api = await Api.start();
    const expected = new Expected(targets.map(({ port }) => port));
    const random = new RandomCalls(randomFrom(1), expected);
    const codes = new Map<string, number>();
    let reached = 0;
    for (let i = 1; i <= calls; i++) {
      const fields = random.next();
      const about = `call ${i}: ${JSON.stringify(fields).slice(0, 1_000)}`;
      const { status, body } = await api.query(fields);
      expect(XMLValidator.validate(body), about).toBe(true);
      const code = status === 200 ? "OK" : (element(body, "Code") ?? "");
      expect([200, 400], `${about}: ${body}`).toContain(status);
      expect(code, about).not.toBe("");
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (status === 200) expected.succeeded(fields, body);
      if (i % 10 === 0) await api.clock.advanceAsync(1_000);
      if (i % lookEvery === 0) reached += await agree(api, expected, `after ${i} calls`);
    }
    // Enough of each kind, or the test would show little.
    expect(reached).toBeGreaterThan(50);
    expect(codes.get("OK")).toBeGreaterThan(calls / 4);
    expect(codes.get("ValidationError")).toBeGreaterThan(calls / 20);
    expect([...codes.keys()]).toEqual(
      expect.arrayContaining(["ResourceInUse", "DuplicateListener", "IncompatibleProtocols", "TargetGroupNotFound"]),
    );
    for (const target of targets) await target.close();
    await expect(connectTo(targets[0]?.port ?? 0)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  }, 60_000);
});
