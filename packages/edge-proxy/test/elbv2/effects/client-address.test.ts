import { decode } from "@edgekit/pp2";
import { trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api, instanceId } from "../support/api.ts";
import { firstBytes } from "../support/flow.ts";
import { clientAddress, listenerPort, zones } from "../support/place.ts";
import { Targets } from "../support/targets.ts";

trackLeaks();

const [{ address: node }] = zones;

describe("preserve_client_ip.enabled", () => {
  it("decides which address the targets of new flows see", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { group } = await api.front(targets);
    const off = await api.connect(targets);
    expect(off.server.remoteAddress).toBe(node);
    await api.setGroup(group, { "preserve_client_ip.enabled": "true" });
    const on = await api.connect(targets);
    expect(on.server.remoteAddress).toBe(clientAddress);
    expect(await off.carries()).toBe(true);
    off.end();
    on.end();
  });

  it("is on for instance targets until it is switched off", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const group = await api.targetGroup({ TargetType: "instance" });
    await api.listener(await api.loadBalancer(), group);
    await api.elb.registerTargets({ TargetGroupArn: group, Targets: [{ Id: instanceId, Port: targets.ports[0] }] });
    const on = await api.connect(targets);
    expect(on.server.remoteAddress).toBe(clientAddress);
    await api.setGroup(group, { "preserve_client_ip.enabled": "false" });
    const off = await api.connect(targets);
    expect(off.server.remoteAddress).toBe(node);
    on.end();
    off.end();
  });
});

describe("proxy_protocol_v2.enabled", () => {
  it("puts a header before the bytes of new flows", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const { group } = await api.front(targets);
    const plain = await api.connect(targets);
    await api.setGroup(group, { "proxy_protocol_v2.enabled": "true" });
    const flow = await api.connect(targets);
    const bytes = await flow.send("payload");
    const result = decode(bytes, { crc32c: "require" });
    if (result.status !== "ok") throw new Error(result.status);
    expect(result.header.source).toEqual({ address: clientAddress, port: flow.client.localPort });
    expect(result.header.destination).toEqual({ address: node, port: listenerPort });
    expect(bytes.toString("latin1", result.bytesRead)).toBe("payload");
    expect(await plain.carries()).toBe(true);
    plain.end();
    flow.end();
  });
});

describe("proxy_protocol_v2.client_to_server.header_placement", () => {
  it("on_first_ack sends the header before the client has said anything", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    await api.front(targets, {
      "proxy_protocol_v2.enabled": "true",
      "proxy_protocol_v2.client_to_server.header_placement": "on_first_ack",
    });
    const flow = await api.connect(targets);
    expect(await firstBytes(flow.server)).toHaveLength(100);
    flow.end();
  });
});
