import {
  type Effect,
  type HealthEvent,
  type HealthSettings,
  healthSettings,
  initialState,
  step,
  type TargetState,
} from "../src/index.ts";

/** One target that a test leads through its life, keeping the time and the last effects. */
export class Life {
  state: TargetState = initialState();
  nowMs = 0;
  settings: HealthSettings;
  effects: readonly Effect[] = [];

  constructor(overrides: Partial<HealthSettings> = {}) {
    this.settings = healthSettings(overrides);
  }

  /** Applies events at the present time; keeps the effects of all of them. */
  on(...events: HealthEvent[]): this {
    const effects: Effect[] = [];
    for (const event of events) {
      const next = step(this.state, event, this.nowMs, this.settings);
      this.state = next.state;
      effects.push(...next.effects);
    }
    this.effects = effects;
    return this;
  }

  ok(times = 1): this {
    return this.on(...Array.from({ length: times }, () => ({ type: "probe-ok" }) as const));
  }

  fail(times = 1): this {
    return this.on(...Array.from({ length: times }, () => ({ type: "probe-failed", failure: "timeout" }) as const));
  }

  after(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  tick(): this {
    return this.on({ type: "tick" });
  }

  set(overrides: Partial<HealthSettings>): this {
    this.settings = healthSettings({ ...this.settings, ...overrides });
    return this.on({ type: "settings-changed" });
  }
}

/** A target that has just become healthy. */
export function healthyTarget(overrides: Partial<HealthSettings> = {}): Life {
  return new Life(overrides).on({ type: "register" }).ok();
}

export const admit = { type: "admit" } as const;
export const refuse = { type: "refuse" } as const;
export const cancel = { type: "cancel" } as const;
export const drop = { type: "drop" } as const;
export const terminate = (cause: Extract<Effect, { type: "terminate" }>["cause"]): Effect => ({
  type: "terminate",
  close: "rst",
  cause,
});

/** Settings under which an unhealthy target drains for a minute. */
export const draining = { connectionTerminationOnUnhealthy: false, drainingIntervalMs: 60_000 } as const;
