import { describe, expect, it } from "vitest";
import { loadConfigObject } from "../api/config/load.ts";
import type { LoadBalancerConfig } from "../index.ts";
import { type ClientIpHost, chooseClientIp } from "./client-ip.ts";
import { returnRules } from "./return-rules.ts";

const able: ClientIpHost = {
  transparent: async () => undefined,
  returnRoutes: () => undefined,
  loopback: async () => undefined,
};
const lacking = (what: Partial<Record<"transparent" | "returnRoutes" | "loopback", string>>): ClientIpHost => ({
  transparent: async () => what.transparent,
  returnRoutes: () => what.returnRoutes,
  loopback: async () => what.loopback,
});

const nodes = [{ name: "a", address: "10.0.0.1" }];

function modelWith(loadBalancer: Partial<LoadBalancerConfig>, preserve = true, ...targets: string[]) {
  return loadConfigObject({
    loadBalancers: [{ name: "web", zones: nodes, listeners: [{ port: 80, targetGroup: "app" }], ...loadBalancer }],
    targetGroups: [
      {
        name: "app",
        port: 3000,
        attributes: { "preserve_client_ip.enabled": preserve },
        targets: (targets.length === 0 ? ["10.0.1.2"] : targets).map((id) => ({ id })),
      },
    ],
  }).model;
}

describe("clientIp: auto, the default", () => {
  it("is transparent where that can be done", async () => {
    expect((await chooseClientIp(modelWith({}), able)).get("web")?.way).toBe("transparent");
  });

  it.each(["transparent", "returnRoutes"] as const)(
    "is loopback without %s, and says what is missing",
    async (what) => {
      const host = lacking({ [what]: "koffi, for one" });
      const why = "transparent needs more: koffi, for one";
      expect((await chooseClientIp(modelWith({}), host)).get("web")).toEqual({ way: "loopback", why });
    },
  );

  it("is loopback for nodes on loopback addresses, whose clients are all there, without asking for more", async () => {
    const host = { ...able, transparent: () => Promise.reject(new Error("asked")) };
    const zones = [{ name: "a", address: "127.0.0.1" }];
    const why = "its nodes are on loopback addresses";
    expect((await chooseClientIp(modelWith({ zones }), host)).get("web")).toEqual({ way: "loopback", why });
  });

  it("is off where there is not even loopback", async () => {
    const choice = (await chooseClientIp(modelWith({}), lacking({ transparent: "no", loopback: "nor this" }))).get(
      "web",
    );
    expect(choice).toEqual({ way: "off", why: "transparent needs more: no; nor this" });
  });

  it("chooses nothing where no target group preserves client addresses", async () => {
    const host = { ...able, transparent: () => Promise.reject(new Error("asked")) };
    expect((await chooseClientIp(modelWith({}, false), host)).size).toBe(0);
  });
});

describe("clientIp by name", () => {
  it.each(["off", "loopback", "transparent"] as const)("is %s where that can be done", async (clientIp) => {
    const choices = await chooseClientIp(modelWith({ clientIp }), able);
    expect(choices.get("web")).toEqual({ way: clientIp, why: `clientIp is ${clientIp}` });
  });

  it("is an error that says all that is missing, never another way", async () => {
    const host = lacking({ transparent: "no koffi", returnRoutes: "no route", loopback: "no 127/8" });
    const prefix = "load balancer 'web' cannot preserve client addresses with clientIp:";
    await expect(chooseClientIp(modelWith({ clientIp: "transparent" }), host)).rejects.toMatchObject({
      code: "EDGE_CLIENT_IP_UNAVAILABLE",
      problems: [`${prefix} transparent: no koffi`, `${prefix} transparent: no route`],
    });
    await expect(chooseClientIp(modelWith({ clientIp: "loopback" }), host)).rejects.toMatchObject({
      code: "EDGE_CLIENT_IP_UNAVAILABLE",
      problems: [`${prefix} loopback: no 127/8`],
    });
  });
});

describe("the rules that bring answers back", () => {
  it("are one for each target address and port, of the families that clients come in", () => {
    const targets = ["10.0.1.2", "10.0.1.3", "fd00::2"];
    expect(returnRules(modelWith({}, true, ...targets)).map(({ address }) => address)).toEqual([
      "10.0.1.2",
      "10.0.1.3",
    ]);
    const zones = [{ name: "a", address: "::" }];
    expect(returnRules(modelWith({ zones }, true, ...targets)).map(({ address }) => address)).toEqual(targets);
  });

  it("are none where nothing is preserved transparently", () => {
    expect(returnRules(modelWith({}, false))).toEqual([]);
    expect(returnRules(modelWith({ clientIp: "loopback" }))).toEqual([]);
    expect(returnRules(modelWith({ zones: [{ name: "a", address: "127.0.0.1" }] }))).toEqual([]);
  });
});
