import type { HealthEvent, HealthSettings, TargetStateName, Use } from "../src/index.ts";

/**
 * A second opinion on the transition table, built the other way round: it keeps plain facts and the whole history of
 * results, and works the state's name out of them, where the machine keeps states and counts.
 */
export class NaiveTarget {
  private registered = false;
  private use: Use = "in-use";
  private deregisteredAtMs: number | undefined;
  private verdict: "none" | "up" | "down" = "none";
  private drainingSinceMs: number | undefined;
  private results: ("ok" | "fail")[] = [];
  private enabled = true;

  /** Applies an event; returns the causes of terminations. */
  apply(event: HealthEvent, nowMs: number, settings: HealthSettings): string[] {
    const ended = this.expire(nowMs, settings);
    this.switchChecks(settings);
    ended.push(...this.react(event, nowMs, settings));
    ended.push(...this.expire(nowMs, settings));
    return ended;
  }

  get name(): TargetStateName {
    if (this.deregisteredAtMs !== undefined) return "draining";
    if (!this.registered || this.use !== "in-use") return "unused";
    if (!this.enabled) return "unavailable";
    if (this.verdict === "none") return "initial";
    if (this.verdict === "up") return "healthy";
    return this.drainingSinceMs === undefined ? "unhealthy" : "unhealthy.draining";
  }

  private expire(nowMs: number, settings: HealthSettings): string[] {
    const intervalMs = settings.connectionTerminationOnUnhealthy ? 0 : settings.drainingIntervalMs;
    if (settings.healthChecksEnabled && this.drainingSinceMs !== undefined) {
      if (nowMs - this.drainingSinceMs >= intervalMs) {
        this.drainingSinceMs = undefined;
        return ["draining-interval"];
      }
    }
    if (this.deregisteredAtMs !== undefined && nowMs - this.deregisteredAtMs >= settings.deregistrationDelayMs) {
      this.registered = false;
      this.deregisteredAtMs = undefined;
      this.forget();
      if (settings.terminateOnDeregistration) return ["deregistration"];
    }
    return [];
  }

  private switchChecks(settings: HealthSettings): void {
    if (this.enabled !== settings.healthChecksEnabled && this.deregisteredAtMs === undefined) this.forget();
    this.enabled = settings.healthChecksEnabled;
  }

  private react(event: HealthEvent, nowMs: number, settings: HealthSettings): string[] {
    const isIn = this.registered && this.deregisteredAtMs === undefined;
    switch (event.type) {
      case "register":
        if (!isIn) this.forget();
        this.registered = true;
        this.deregisteredAtMs = undefined;
        this.setUse(event.use ?? "in-use");
        return [];
      case "use":
        if (isIn) this.setUse(event.use);
        return [];
      case "deregister":
        if (isIn) this.deregisteredAtMs = nowMs;
        this.drainingSinceMs = undefined;
        return [];
      case "probe-ok":
        return this.result("ok", nowMs, settings);
      case "probe-failed":
        return this.result("fail", nowMs, settings);
      case "passive-failure":
        return this.name === "healthy" && settings.passiveChecksEnabled ? this.result("fail", nowMs, settings) : [];
      default:
        return [];
    }
  }

  private result(result: "ok" | "fail", nowMs: number, settings: HealthSettings): string[] {
    if (this.name === "unused" || !settings.healthChecksEnabled) return [];
    this.results.push(result);
    const run = this.results.length - 1 - this.results.findLastIndex((other) => other !== result);
    const terminates = settings.connectionTerminationOnUnhealthy;
    if (this.name === "draining") {
      if (this.verdict === "down" || result === "ok" || run < settings.unhealthyThreshold) return [];
      this.verdict = "down";
      return terminates ? ["unhealthy-while-draining"] : [];
    }
    if (result === "ok" && this.verdict !== "up" && (this.verdict === "none" || run >= settings.healthyThreshold)) {
      this.verdict = "up";
      this.drainingSinceMs = undefined;
    }
    if (result === "fail" && this.verdict !== "down" && run >= settings.unhealthyThreshold) {
      if (this.verdict === "up" && !terminates && settings.drainingIntervalMs > 0) this.drainingSinceMs = nowMs;
      this.verdict = "down";
      return terminates ? ["unhealthy"] : [];
    }
    return [];
  }

  private setUse(use: Use): void {
    if (use !== "in-use" || this.use !== "in-use") this.forget();
    this.use = use;
  }

  private forget(): void {
    this.verdict = "none";
    this.drainingSinceMs = undefined;
    this.results = [];
  }
}
