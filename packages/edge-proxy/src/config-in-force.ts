import type { EdgeProxyConfig } from "./api/config/config.ts";
import type { LoadedConfig } from "./api/config/load.ts";
import { keptUntilStart } from "./api/config/start-keys.ts";
import { defaultRegion } from "./api/config/to-model.ts";
import { wallClockMs } from "./clock.ts";
import { combineModels } from "./control/combine-models.ts";
import type { ControlPlane } from "./control/control-plane.ts";
import type { Reloaded } from "./edge-proxy-options.ts";
import { type Change, diffModels } from "./model/diff.ts";
import { type Model, partBy } from "./model/model.ts";
import type { ConfigStatus } from "./observe/observed.ts";

/**
 * The config in force, and how the last attempt to replace it went. What the ELBv2 API has made is kept when it is replaced.
 */
export class ConfigInForce {
  readonly #controlPlane: ControlPlane;
  #loaded: LoadedConfig;
  #status: ConfigStatus = { succeeded: false, appliedAtSeconds: 0 };

  /** @param loaded in force from `begin()` on */
  constructor(loaded: LoadedConfig, controlPlane: ControlPlane) {
    this.#loaded = loaded;
    this.#controlPlane = controlPlane;
  }

  get config(): EdgeProxyConfig {
    return this.#loaded.config;
  }

  get warnings(): readonly string[] {
    return this.#loaded.warnings;
  }

  get status(): ConfigStatus {
    return this.#status;
  }

  /** The region of what the config defines, and of API callers that name none. */
  get region(): string {
    return this.config.region ?? defaultRegion;
  }

  /**
   * Puts the first config in force.
   * @param made what the API had made before the start, if that has been kept
   */
  async begin(made: Model | undefined): Promise<void> {
    await this.#apply(async () => this.#loaded, made);
  }

  /** Puts another config in force. @throws EdgeProxyError as `EdgeProxy.update`; nothing has changed then */
  async replace(load: () => Promise<LoadedConfig>): Promise<Reloaded> {
    const before = this.config;
    const changes = await this.#apply(load);
    return { changes, warnings: this.warnings, atNextStart: keptUntilStart(before, this.config) };
  }

  async #apply(load: () => Promise<LoadedConfig>, made?: Model): Promise<readonly Change[]> {
    try {
      const loaded = await load();
      let changes: readonly Change[] = [];
      await this.#controlPlane.change((current) => {
        const model = combineModels(loaded.model, made ?? partBy(current, "api"));
        changes = diffModels(current, model);
        return model;
      });
      this.#loaded = loaded;
      this.#status = { succeeded: true, appliedAtSeconds: wallClockMs() / 1000 };
      return changes;
    } catch (error) {
      this.#status = { ...this.#status, succeeded: false };
      throw error;
    }
  }
}
