import type { BenchFolder } from "../peers/bench-folder.ts";
import type { Contestant, Subject } from "../peers/contestant.ts";
import { freePort } from "../peers/ports.ts";
import type { TargetProcess } from "../peers/targets.ts";

/** Proxies in front of one target, each started at its first turn and left running, as it would be. */
export class StandingProxies {
  readonly #folder: BenchFolder;
  readonly #target: TargetProcess;
  readonly #subjects = new Map<string, Subject>();

  constructor(folder: BenchFolder, target: TargetProcess) {
    this.#folder = folder;
    this.#target = target;
  }

  async subject(contestant: Contestant, workers = 1): Promise<Subject> {
    const key = `${contestant.name}, ${workers} workers`;
    const known = this.#subjects.get(key) ?? (await startInFront(contestant, this.#folder, this.#target, workers));
    this.#subjects.set(key, known);
    return known;
  }

  /** And the target with them. */
  async close(): Promise<void> {
    await Promise.all([...this.#subjects.values()].map(({ running }) => running?.stop()));
    await this.#target.running.stop();
  }
}

/** A proxy in front of one target, just started. */
export async function startInFront(
  contestant: Contestant,
  folder: BenchFolder,
  { port }: TargetProcess,
  workers = 1,
): Promise<Subject> {
  return contestant.start({ folder, ports: [await freePort()], targets: [{ address: "127.0.0.1", port }], workers });
}
