import type { ClientIpWay } from "../data/routes.ts";
import { isLoopback } from "../data/source.ts";
import { EdgeProxyError } from "../error.ts";
import { type LoadBalancer, nodeAddresses } from "../model/load-balancer.ts";
import { type Model, preservingGroups } from "../model/model.ts";
import { type ReturnRule, returnRules } from "./return-rules.ts";

/** How a load balancer preserves client addresses, and why in this way. */
export interface ClientIpChoice {
  readonly way: ClientIpWay;
  readonly why: string;
}

/** By the load balancer's name; those whose target groups do not preserve anything are not in it. */
export type ClientIpChoices = ReadonlyMap<string, ClientIpChoice>;

/** What this process and machine can do. Each method returns what is missing, or undefined. */
export interface ClientIpHost {
  /** Sockets with foreign addresses. */
  transparent(): Promise<string | undefined>;
  /** Routing of replies that are addressed to clients, so that they come here all the same. */
  returnRoutes(rules: readonly ReturnRule[]): string | undefined;
  /** Sockets with any address of 127.0.0.0/8. */
  loopback(): Promise<string | undefined>;
}

/**
 * Decides for each load balancer how it preserves client addresses.
 * @throws EdgeProxyError `EDGE_CLIENT_IP_UNAVAILABLE` for what was asked for by name and cannot be done; only `auto` falls back
 */
export async function chooseClientIp(model: Model, host: ClientIpHost): Promise<ClientIpChoices> {
  const choices = new Map<string, ClientIpChoice>();
  const problems: string[] = [];
  for (const loadBalancer of model.loadBalancers) {
    if (preservingGroups(model, loadBalancer).length === 0) continue;
    const choice = await choose(loadBalancer, model, host);
    if ("way" in choice) choices.set(loadBalancer.name, choice);
    else problems.push(...choice.missing.map((what) => sentence(loadBalancer, what)));
  }
  if (problems.length > 0) throw new EdgeProxyError("EDGE_CLIENT_IP_UNAVAILABLE", problems);
  return choices;
}

type Choice = ClientIpChoice | { readonly missing: readonly string[] };

async function choose(loadBalancer: LoadBalancer, model: Model, host: ClientIpHost): Promise<Choice> {
  const asked = `clientIp is ${loadBalancer.clientIp}`;
  switch (loadBalancer.clientIp) {
    case "off":
      return { way: "off", why: asked };
    case "loopback": {
      const missing = await host.loopback();
      return missing === undefined ? { way: "loopback", why: asked } : { missing: [missing] };
    }
    case "transparent": {
      const missing = await missingForTransparent(loadBalancer, model, host);
      return missing.length === 0 ? { way: "transparent", why: asked } : { missing };
    }
    case "auto": {
      // Clients that come from this machine are all in 127.0.0.0/8.
      const local = loadBalancer.zones.flatMap(nodeAddresses).every(isLoopback);
      const missing = local ? [] : await missingForTransparent(loadBalancer, model, host);
      if (!local && missing.length === 0) return { way: "transparent", why: "this machine and process can" };
      const why = local ? "its nodes are on loopback addresses" : `transparent needs more: ${missing.join("; ")}`;
      const notEven = await host.loopback();
      return notEven === undefined ? { way: "loopback", why } : { way: "off", why: `${why}; ${notEven}` };
    }
  }
}

async function missingForTransparent(
  loadBalancer: LoadBalancer,
  model: Model,
  host: ClientIpHost,
): Promise<readonly string[]> {
  const sockets = await host.transparent();
  const routes = host.returnRoutes(returnRules(model, loadBalancer));
  return [sockets, routes].filter((missing) => missing !== undefined);
}

function sentence({ name, clientIp }: LoadBalancer, missing: string): string {
  return `load balancer '${name}' cannot preserve client addresses with clientIp: ${clientIp}: ${missing}`;
}
