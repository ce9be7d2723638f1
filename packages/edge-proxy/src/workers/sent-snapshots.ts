import type { Entry, Forward, Routes, TargetRoute } from "../data/routes.ts";
import type { OpenedFlow } from "./flow-report.ts";
import type { FlowRoute } from "./remote-flow.ts";

/** In the primary process: the snapshots sent to workers, each kept for as long as a worker may report a flow routed by it. */
export class SentSnapshots {
  readonly #byVersion = new Map<number, Routes>();
  /** The version that each worker has applied, by its slot. */
  readonly #applied = new Map<number, number>();
  #version = 0;

  /** Adds a snapshot that is about to be sent. @returns its version */
  add(routes: Routes): number {
    this.#byVersion.set(++this.#version, routes);
    return this.#version;
  }

  /** From now on a worker reports flows routed by this snapshot or a later one. */
  applied(slot: number, version: number): void {
    this.#applied.set(slot, version);
    this.#forget();
  }

  /** A worker has ended, and reports nothing any more. */
  left(slot: number): void {
    this.#applied.delete(slot);
    this.#forget();
  }

  entry(slot: number, key: string): Entry | undefined {
    return this.#find(slot, ({ entries }) => entries.get(key));
  }

  routeOf(slot: number, { entry: key, group, target }: OpenedFlow): FlowRoute | undefined {
    return this.#find(slot, ({ entries }) => {
      const entry = entries.get(key);
      const forward = entry && forwardsOf(entry).find((item) => item.group === group);
      const route = forward && byKey(forward.targets).get(target);
      return route && { entry, forward, route };
    });
  }

  /** Looks in the snapshot that a worker has applied and in those after it, which it may be applying now. */
  #find<Found>(slot: number, look: (routes: Routes) => Found | undefined): Found | undefined {
    const applied = this.#applied.get(slot) ?? 0;
    for (const [version, routes] of this.#byVersion) {
      const found = version < applied ? undefined : look(routes);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #forget(): void {
    const oldest = Math.min(...this.#applied.values(), this.#version);
    for (const version of this.#byVersion.keys()) if (version < oldest) this.#byVersion.delete(version);
  }
}

function forwardsOf({ forward, forwardByFamily }: Entry): readonly Forward[] {
  return [...forward, ...(forwardByFamily?.[4] ?? []), ...(forwardByFamily?.[6] ?? [])];
}

/** Kept by the list of targets, which snapshots share as long as it does not change. */
const indices = new WeakMap<readonly TargetRoute[], ReadonlyMap<string, TargetRoute>>();

function byKey(targets: readonly TargetRoute[]): ReadonlyMap<string, TargetRoute> {
  const known = indices.get(targets);
  if (known !== undefined) return known;
  const index = new Map(targets.map((route) => [route.key, route]));
  indices.set(targets, index);
  return index;
}
