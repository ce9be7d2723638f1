import { isIPv6, SocketAddress } from "node:net";
import type { Forward, TargetRoute } from "../data/routes.ts";
import { stickyTable } from "../data/sticky-table.ts";
import { hostPort } from "../model/host-port.ts";
import { type Target, targetKey } from "../model/target-group.ts";

type Choice = Pick<Forward, "targets" | "stickyTable">;

/**
 * What a snapshot of the routes can reuse from the one before it. A change often concerns one of thousands of targets, and a
 * table for stickiness takes long to make.
 */
export class RouteMemory {
  readonly #choices = new Map<string, Choice>();

  /** The targets to choose from, and the table for stickiness; the same objects as last time if nothing has changed. */
  choice(key: string, targets: readonly TargetRoute[], sticky: boolean): Choice {
    const before = this.#choices.get(key);
    const same = before !== undefined && isSame(before.targets, targets);
    if (same && (before.stickyTable !== undefined) === (sticky && targets.length > 0)) return before;
    const choice =
      sticky && targets.length > 0
        ? { targets, stickyTable: stickyTable(targets.map((target) => target.key)) }
        : { targets };
    this.#choices.set(key, choice);
    return choice;
  }

  /** Forgets groups that are gone. @param kept whether a group still exists */
  forget(kept: (group: string) => boolean): void {
    for (const key of this.#choices.keys()) {
      if (!kept(key.slice(0, key.indexOf(" ")))) this.#choices.delete(key);
    }
  }
}

function isSame(a: readonly TargetRoute[], b: readonly TargetRoute[]): boolean {
  return a.length === b.length && a.every((route, i) => route === b[i]);
}

const routes = new WeakMap<Target, TargetRoute>();

/** A target as the data plane knows it; the same object each time. */
export function routeOf(target: Target): TargetRoute {
  const known = routes.get(target);
  if (known !== undefined) return known;
  const { port } = target;
  const family = isIPv6(target.address) ? 6 : 4;
  // Spelled as sockets do, so that addresses can be compared.
  const address =
    family === 6 ? new SocketAddress({ family: "ipv6", address: target.address }).address : target.address;
  const route: TargetRoute = { key: targetKey(target), address, family, port, endpoint: hostPort(address, port) };
  routes.set(target, route);
  return route;
}
