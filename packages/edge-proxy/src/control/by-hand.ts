import type { Model } from "../model/model.ts";
import { type TargetGroup, targetKey } from "../model/target-group.ts";

/** What was decided about a target by hand. It overrides the config and the health checks. */
export interface ByHandSetting {
  /** Deregistered as by DeregisterTargets, though the config lists it. */
  readonly drained: boolean;
  /** The result of its health checks from the next one on; undefined: their real result. */
  readonly forced: "pass" | "fail" | undefined;
}

const nothing: ByHandSetting = { drained: false, forced: undefined };

/**
 * The decisions made by hand. One lasts until it is taken back, or until its target leaves the model; changes of the config in
 * between do not touch it.
 */
export class ByHand {
  /** By group, then by target key. */
  readonly #settings = new Map<string, Map<string, ByHandSetting>>();

  of(group: string, key: string): ByHandSetting {
    return this.#settings.get(group)?.get(key) ?? nothing;
  }

  set(group: string, key: string, change: Partial<ByHandSetting>): void {
    const settings = this.#settings.get(group) ?? new Map<string, ByHandSetting>();
    this.#settings.set(group, settings.set(key, { ...this.of(group, key), ...change }));
  }

  /** Forgets targets that the model does not have. */
  prune(model: Model): void {
    const groups = new Map(model.targetGroups.map(({ name, targets }) => [name, new Set(targets.map(targetKey))]));
    for (const [group, settings] of this.#settings) {
      for (const key of settings.keys()) if (!groups.get(group)?.has(key)) settings.delete(key);
      if (settings.size === 0) this.#settings.delete(group);
    }
  }

  /** The model without the targets that are drained. */
  inService(model: Model): Model {
    return { ...model, targetGroups: model.targetGroups.map((group) => this.groupInService(group)) };
  }

  groupInService(group: TargetGroup): TargetGroup {
    const settings = this.#settings.get(group.name);
    if (settings === undefined) return group;
    return { ...group, targets: group.targets.filter((target) => !settings.get(targetKey(target))?.drained) };
  }
}
