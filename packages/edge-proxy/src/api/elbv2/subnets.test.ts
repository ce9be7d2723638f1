import { describe, expect, it } from "vitest";
import { emptyModel, type Model, together } from "../../model/model.ts";
import { loadConfigObject } from "../config/load.ts";
import { type Subnet, Subnets } from "./subnets.ts";

const region = "us-east-1";

/** Load balancers that come one after the other, as CreateLoadBalancer makes them. */
class Network {
  readonly #subnets: Subnets;
  model: Model;

  constructor(model: Model = emptyModel, configured: readonly Subnet[] = [], hasLoopbackNet = true) {
    this.#subnets = new Subnets(configured, hasLoopbackNet);
    this.model = model;
  }

  /** @returns the addresses of its nodes */
  add(name: string, ...ids: string[]): string[] {
    const { model } = loadConfigObject({ loadBalancers: [{ name }] });
    const zones = this.#subnets.zones(ids, this.model, region, undefined);
    const made = model.loadBalancers.map((loadBalancer) => ({
      ...loadBalancer,
      zones,
      identity: { ...loadBalancer.identity, region, origin: { by: "api" } as const },
    }));
    this.model = together(this.model, { loadBalancers: made, targetGroups: [] });
    return zones.map(({ address }) => address);
  }

  move(name: string, ...ids: string[]): string[] {
    const owner = this.model.loadBalancers.find((loadBalancer) => loadBalancer.name === name);
    return this.#subnets.zones(ids, this.model, region, owner).map(({ name, address }) => `${name} ${address}`);
  }

  remove(name: string): void {
    this.model = { ...this.model, loadBalancers: this.model.loadBalancers.filter((one) => one.name !== name) };
  }
}

describe("the node addresses of load balancers", () => {
  it("are one's own in each subnet: those of the second one differ in the second number", () => {
    const network = new Network();
    expect(network.add("one", "subnet-a", "subnet-b")).toEqual(["127.0.0.1", "127.0.1.1"]);
    expect(network.add("two", "subnet-a", "subnet-b")).toEqual(["127.1.0.1", "127.1.1.1"]);
    expect(network.add("three", "subnet-b", "subnet-c")).toEqual(["127.2.1.1", "127.0.2.1"]);
    expect(network.add("four", "subnet-c")).toEqual(["127.1.2.1"]);
  });

  it("stay with those that have them, and are given again when they are free", () => {
    const network = new Network();
    network.add("one", "subnet-a", "subnet-b");
    network.add("two", "subnet-a");
    network.remove("one");
    expect(network.move("two", "subnet-b", "subnet-a")).toEqual(["us-east-1b 127.0.1.1", "us-east-1a 127.1.0.1"]);
    expect(network.add("three", "subnet-a")).toEqual(["127.0.0.1"]);
  });

  it("are not those that a file's load balancers and VPC endpoints have, nor those of subnets in it", () => {
    const { model } = loadConfigObject({
      loadBalancers: [
        {
          name: "file",
          zones: [{ name: "local-1a", address: "127.0.0.1" }],
          listeners: [{ port: 80, targetGroup: "app" }],
          vpcEndpoints: [{ id: "vpce-0123456789abcdef0", address: "127.1.0.1", port: 80 }],
        },
      ],
      targetGroups: [{ name: "app", port: 80 }],
    });
    const network = new Network(model, [{ id: "subnet-x", zone: "us-east-1x", address: "127.2.0.1" }]);
    expect(network.add("one", "subnet-a")).toEqual(["127.3.0.1"]);
    const [inFile] = model.loadBalancers.flatMap(({ zones }) => zones);
    // A second zone on the same addresses, so that one load balancer would meet itself.
    expect(network.add("two", inFile?.subnetId ?? "", "subnet-a")).toEqual(["127.4.0.1", "127.5.0.1"]);
  });

  it("are as they were chosen: those of a config's subnet, and those that are not of this machine alone", () => {
    const { model } = loadConfigObject({
      loadBalancers: [{ name: "file", zones: [{ name: "local-1a", address: "10.0.0.5" }] }],
    });
    const network = new Network(model, [{ id: "subnet-x", zone: "us-east-1x", address: "127.2.0.1" }]);
    const [inFile] = model.loadBalancers.flatMap(({ zones }) => zones);
    for (const name of ["one", "two"]) {
      expect(network.add(name, "subnet-x", inFile?.subnetId ?? "")).toEqual(["127.2.0.1", "10.0.0.5"]);
    }
  });

  it("are shared where the system has no other", () => {
    const network = new Network(emptyModel, [], false);
    for (const name of ["one", "two"]) expect(network.add(name, "subnet-a")).toEqual(["127.0.0.1"]);
  });

  it("of zone a have ::1 beside them for dualstack, whoever was there before", () => {
    const network = new Network();
    network.add("one", "subnet-a");
    const [zone] = new Subnets([], true).zones(["subnet-a"], network.model, region, undefined);
    expect(zone).toMatchObject({ address: "127.1.0.1", ipv6Address: "::1" });
  });
});
