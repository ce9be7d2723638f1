import { hostPort } from "./host-port.ts";
import { oneSpelling, wildcardsFor } from "./listening-address.ts";
import { groupNames, type LoadBalancer, nodeAddresses } from "./load-balancer.ts";
import type { Model } from "./model.ts";
import { suggestion } from "./nearest.ts";
import type { Problem } from "./problem.ts";
import { type TargetGroup, targetKey } from "./target-group.ts";

/** The rules that hold between the objects of a model. Each problem's path starts at the model's root. */
export function checkModel(model: Model): Problem[] {
  return [
    ...duplicates(
      model.loadBalancers.map(({ name }) => name),
      (i) => ["loadBalancers", i, "name"],
      (name) => `A load balancer with the same name '${name}' exists, but with different settings`,
    ),
    ...duplicates(
      model.targetGroups.map(({ name }) => name),
      (i) => ["targetGroups", i, "name"],
      (name) => `A target group with the same name '${name}' exists, but with different settings`,
    ),
    ...model.loadBalancers.flatMap((loadBalancer, i) => checkLoadBalancer(loadBalancer, i, model)),
    ...checkListeningAddresses(model),
    ...checkAssociations(model),
    ...model.targetGroups.flatMap(checkTargets),
  ];
}

function checkLoadBalancer(loadBalancer: LoadBalancer, index: number, model: Model): Problem[] {
  const at = (...path: (string | number)[]): Problem["path"] => ["loadBalancers", index, ...path];
  const problems = duplicates(
    loadBalancer.zones.map(({ name }) => name),
    (i) => at("zones", i, "name"),
    (name) => `zone '${name}' is listed twice`,
  );
  const known = model.targetGroups.map(({ name }) => name);
  loadBalancer.listeners.forEach((listener, j) => {
    for (const name of groupNames(listener)) {
      if (known.includes(name)) continue;
      const k = listener.targetGroups.findIndex((group) => group.name === name);
      problems.push({
        path: at("listeners", j, ...(listener.targetGroups.length > 1 ? ["targetGroups", k, "name"] : ["targetGroup"])),
        message: `target group '${name}' does not exist`,
        hint: suggestion(name, known),
      });
    }
  });
  const zones = loadBalancer.zones.map(({ name }) => name);
  const ports = loadBalancer.listeners.map(({ port }) => port);
  loadBalancer.vpcEndpoints.forEach((endpoint, j) => {
    if (!ports.includes(endpoint.listenerPort)) {
      problems.push({
        path: at("vpcEndpoints", j, "listenerPort"),
        message: `no listener of '${loadBalancer.name}' has port ${endpoint.listenerPort}`,
        hint: suggestion(String(endpoint.listenerPort), ports.map(String)),
      });
    }
    if (!zones.includes(endpoint.zone)) {
      problems.push({
        path: at("vpcEndpoints", j, "zone"),
        message: `'${loadBalancer.name}' has no zone '${endpoint.zone}'`,
        hint: suggestion(endpoint.zone, zones),
      });
    }
  });
  return problems;
}

/** Two sockets cannot listen on one address and port, nor beside one that has all addresses. Port 0 is a fresh one each time. */
function checkListeningAddresses(model: Model): Problem[] {
  const owners = new Map<number, Map<string, string>>();
  const problems: Problem[] = [];
  const claim = (address: string, port: number, owner: string, path: Problem["path"], duplicate: string): void => {
    if (port === 0) return;
    const ofPort = owners.get(port) ?? new Map<string, string>();
    owners.set(port, ofPort);
    const one = oneSpelling(address);
    const holder = [one, ...wildcardsFor(one), ...coveredBy(one, ofPort)].find((at) => ofPort.has(at));
    if (holder === undefined) ofPort.set(one, owner);
    else {
      const where = holder === one ? "" : ` on ${hostPort(holder, port)}`;
      const message = `${duplicate}: ${hostPort(address, port)} is already taken by ${ofPort.get(holder)}${where}`;
      problems.push({ path, message });
    }
  };
  model.loadBalancers.forEach((loadBalancer, i) => {
    loadBalancer.listeners.forEach(({ port }, j) => {
      for (const address of loadBalancer.zones.flatMap(nodeAddresses)) {
        claim(
          address,
          port,
          `listener ${port} of '${loadBalancer.name}'`,
          ["loadBalancers", i, "listeners", j, "port"],
          `A listener already exists on this port for this load balancer '${loadBalancer.name}'`,
        );
      }
    });
    loadBalancer.vpcEndpoints.forEach((endpoint, j) => {
      claim(
        endpoint.address,
        endpoint.port,
        `VPC endpoint '${endpoint.id}'`,
        ["loadBalancers", i, "vpcEndpoints", j, "port"],
        `VPC endpoint '${endpoint.id}' cannot listen`,
      );
    });
  });
  return problems;
}

/** Those of `addresses` that this one stands for. */
function coveredBy(address: string, addresses: ReadonlyMap<string, string>): readonly string[] {
  if (address !== "::" && address !== "0.0.0.0") return [];
  return [...addresses.keys()].filter((other) => wildcardsFor(other).includes(address));
}

/** AWS ties a target group to one load balancer, though to as many of its listeners as one likes. */
function checkAssociations(model: Model): Problem[] {
  const owner = new Map<string, string>();
  const problems: Problem[] = [];
  model.loadBalancers.forEach((loadBalancer, i) => {
    loadBalancer.listeners.forEach((listener, j) => {
      for (const name of groupNames(listener)) {
        const other = owner.get(name);
        if (other === undefined) owner.set(name, loadBalancer.name);
        else if (other !== loadBalancer.name) {
          problems.push({
            path: ["loadBalancers", i, "listeners", j, "targetGroup"],
            message: `The following target groups cannot be associated with more than one load balancer: ${name}`,
            hint: `'${other}' uses it already`,
          });
        }
      }
    });
  });
  return problems;
}

function checkTargets(group: TargetGroup, index: number): Problem[] {
  return duplicates(
    group.targets.map(targetKey),
    (i) => ["targetGroups", index, "targets", i],
    (key) => `target ${key} is registered twice in '${group.name}'`,
  );
}

function duplicates(
  values: readonly string[],
  path: (index: number) => Problem["path"],
  message: (value: string) => string,
): Problem[] {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (seen.has(value)) return [{ path: path(index), message: message(value) }];
    seen.add(value);
    return [];
  });
}
