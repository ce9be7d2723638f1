import {
  defaultSettings,
  evaluateZones,
  type GroupMember,
  initialState,
  step,
  type TargetState,
} from "@edgekit/health";
import { describe, expect, it } from "vitest";
import type { EdgeProxyConfig } from "../api/config/config.ts";
import { loadConfigObject } from "../api/config/load.ts";
import { dnsName } from "../model/arn.ts";
import type { Model } from "../model/model.ts";
import { thresholdsOf } from "./build-routes.ts";
import { DnsRecords, type VerdictsOf } from "./dns-records.ts";

const registered = step(initialState(), { type: "register" }, 0, defaultSettings).state;
const healthy = step(registered, { type: "probe-ok" }, 0, defaultSettings).state;

const zones = [
  { name: "us-east-1a", address: "127.0.0.1", ipv6Address: "::1" },
  { name: "us-east-1b", address: "127.0.1.1" },
];

function modelWith(groups: EdgeProxyConfig["targetGroups"] = []): Model {
  const targetGroups = groups.map(({ name }) => ({ name, weight: 1 }));
  const listeners = groups.length === 0 ? [] : [{ port: 80, targetGroups }];
  return loadConfigObject({ loadBalancers: [{ name: "Web", zones, listeners }], targetGroups: groups }).model;
}

/** What a group's monitor would say of targets in these states. */
function verdicts(model: Model, members: Readonly<Record<string, GroupMember[]>>, crossZone = false): VerdictsOf {
  return (name) => {
    const group = model.targetGroups.find((group) => group.name === name);
    if (group === undefined) return undefined;
    const scope = { zones: zones.map(({ name }) => name), crossZone };
    return evaluateZones(members[name] ?? [], thresholdsOf(group.attributes), scope);
  };
}

function records(model: Model, verdictsOf: VerdictsOf = () => undefined, region = "us-east-1"): DnsRecords {
  return new DnsRecords({ model: () => model, region: () => region, verdictsOf });
}

const inA = (state: TargetState): GroupMember => ({ zone: "us-east-1a", state });
const inB = (state: TargetState): GroupMember => ({ zone: "us-east-1b", state });
const name = (model: Model): string => model.loadBalancers.map(dnsName).join().toLowerCase();

describe("the records of a load balancer", () => {
  it("are the addresses of its zones, of both families", () => {
    const model = modelWith();
    expect(records(model, verdicts(model, {})).addresses(name(model))).toEqual(["127.0.0.1", "::1", "127.0.1.1"]);
  });

  it("are those of one zone behind the zone's name, also while that zone is out", () => {
    const model = modelWith([{ name: "app", port: 1 }]);
    const of = verdicts(model, { app: [inB(healthy)] });
    expect(records(model, of).addresses(name(model))).toEqual(["127.0.1.1"]);
    expect(records(model, of).addresses(`us-east-1a.${name(model)}`)).toEqual(["127.0.0.1", "::1"]);
  });

  it("are none for names that nobody has", () => {
    const model = modelWith();
    for (const unknown of ["", "web", `us-east-1c.${name(model)}`, `x.us-east-1a.${name(model)}`, `x${name(model)}`]) {
      expect(records(model, verdicts(model, {})).addresses(unknown), unknown).toBeUndefined();
    }
  });

  it("are given once where two zones share an address", () => {
    const shared = zones.map((zone) => ({ ...zone, address: "127.0.0.1" }));
    const { model } = loadConfigObject({ loadBalancers: [{ name: "web", zones: shared }] });
    expect(records(model, verdicts(model, {})).addresses(name(model))).toEqual(["127.0.0.1", "::1"]);
  });
});

describe("a query", () => {
  const model = modelWith([
    { name: "app", port: 1 },
    { name: "api", port: 2 },
    { name: "spare", port: 3 },
  ]);
  const used = { ...model, loadBalancers: model.loadBalancers.map((one) => ({ ...one, listeners: forwarding(one) })) };
  function forwarding({ listeners }: Model["loadBalancers"][number]): typeof listeners {
    return listeners.map((listener) => ({
      ...listener,
      targetGroups: listener.targetGroups.filter(({ name }) => name !== "spare"),
    }));
  }

  it("asks about the groups that the load balancer uses, about none for a zonal name or one that nobody has", () => {
    const asked: string[] = [];
    const all = records(used, (group) => void asked.push(group));
    all.addresses(`us-east-1a.${name(used)}`);
    all.addresses(`x.${name(used)}`);
    all.domains();
    expect(asked).toEqual([]);
    expect(all.addresses(name(used))).toHaveLength(3);
    expect(asked).toEqual(["app", "api"]);
  });

  it("is answered from the model and the region as they are at that moment", () => {
    let [model, region] = [modelWith(), "us-east-1"];
    const all = new DnsRecords({ model: () => model, region: () => region, verdictsOf: () => undefined });
    const before = name(model);
    expect(all.addresses(before)).toHaveLength(3);
    [model, region] = [loadConfigObject({ region: "eu-west-1", loadBalancers: [{ name: "api" }] }).model, "eu-west-1"];
    expect(all.addresses(before)).toBeUndefined();
    expect(all.addresses(name(model))).toEqual(["127.0.0.1"]);
    expect(all.domains()).toEqual(["elb.eu-west-1.amazonaws.com"]);
  });
});

describe("DNS failover", () => {
  const percentage = "minimum_healthy_targets.percentage";
  const half = {
    [`target_group_health.dns_failover.${percentage}`]: 50,
    [`target_group_health.unhealthy_state_routing.${percentage}`]: 50,
  };
  const model = modelWith([{ name: "app", port: 1, attributes: half }]);
  const states = (count: number, of: TargetState): TargetState[] => new Array(count).fill(of);
  const app = [...states(10, healthy).map(inA), ...states(6, registered).map(inB), ...states(4, healthy).map(inB)];

  it("takes a zone out where 6 of its 10 targets fail and 50 % must be healthy, cross-zone off", () => {
    expect(records(model, verdicts(model, { app })).addresses(name(model))).toEqual(["127.0.0.1", "::1"]);
  });

  it("does nothing with cross-zone on, where 14 of 20 are healthy", () => {
    expect(records(model, verdicts(model, { app }, true)).addresses(name(model))).toHaveLength(3);
  });

  it("leaves out a zone without targets, gives all zones when all are out, and needs every group to be healthy", () => {
    const model = modelWith([
      { name: "app", port: 1 },
      { name: "api", port: 2 },
    ]);
    const given = (members: Readonly<Record<string, GroupMember[]>>): unknown =>
      records(model, verdicts(model, members)).addresses(name(model));
    expect(given({ app: [inB(healthy)], api: [inB(healthy), inA(registered)] })).toEqual(["127.0.1.1"]);
    expect(given({ app: [inB(healthy)], api: [inA(healthy)] })).toHaveLength(3);
    expect(given({})).toHaveLength(3);
  });
});

describe("the domains", () => {
  it("are the region's, also without a load balancer, and those of all load balancers", () => {
    const { model } = loadConfigObject({ region: "eu-west-1", loadBalancers: [{ name: "web" }, { name: "api" }] });
    expect(records(modelWith()).domains()).toEqual(["elb.us-east-1.amazonaws.com"]);
    expect(records(model).domains()).toEqual(["elb.us-east-1.amazonaws.com", "elb.eu-west-1.amazonaws.com"]);
  });
});
