import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pass } from "node:timers/promises";
import { type CpuTimes, cpuTimesOf, residentKiBOf, totalMicroseconds } from "./process-tree.ts";

/** The programs that run now. None outlives this process, however it ends, short of SIGKILL. */
const all = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of all) signalGroup(child, "SIGKILL");
});

/** A program in a process of its own, so that its CPU time and memory can be told from ours. */
export class Running {
  readonly #process: ChildProcess;
  #output = "";

  /** Starts a program and waits until it accepts connections. */
  static async start(command: string, args: readonly string[], port: number, address?: string): Promise<Running> {
    const running = new Running(command, args);
    try {
      await running.#listens(port, address);
    } catch (error) {
      await running.stop();
      throw error;
    }
    return running;
  }

  private constructor(command: string, args: readonly string[]) {
    const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
    this.#process = spawn(command, args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, PATH: path },
      // A process group of its own, so that a signal can reach its children too.
      detached: true,
    });
    all.add(this.#process);
    this.#process.once("close", () => all.delete(this.#process));
    this.#process.stderr?.on("data", (chunk) => {
      this.#output += chunk;
    });
    this.#process.once("error", (error) => {
      this.#output += error.message;
    });
  }

  async #listens(port: number, address = "127.0.0.1"): Promise<void> {
    for (let tries = 0; tries < 1200; tries++) {
      if (await accepts(port, address)) return;
      if (this.#ended) break;
      await pass(25);
    }
    throw new Error(`${this.#process.spawnfile} does not listen on ${port}: ${this.#output}`);
  }

  /** CPU time since its start, its children's included. */
  cpuTimes(): CpuTimes {
    return cpuTimesOf(this.#pid);
  }

  /** The same as one number. */
  cpuMicroseconds(): number {
    return totalMicroseconds(this.cpuTimes());
  }

  /** Resident memory in KiB, its children's included. */
  residentKiB(): number {
    return residentKiBOf(this.#pid);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Kills it and its children at once, as when a host loses its power. */
  async crash(): Promise<void> {
    if (this.#ended) return;
    const closed = once(this.#process, "close");
    signalGroup(this.#process, "SIGKILL");
    await closed;
  }

  /** Stops it and its children, so that they still exist but do nothing. */
  freeze(): void {
    signalGroup(this.#process, "SIGSTOP");
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    const closed = once(this.#process, "close");
    this.#process.kill("SIGTERM");
    const forced = setTimeout(() => signalGroup(this.#process, "SIGKILL"), 2_000);
    await closed;
    clearTimeout(forced);
  }

  get #ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get #pid(): number {
    const { pid, spawnfile } = this.#process;
    if (pid === undefined) throw new Error(`${spawnfile} has not started`);
    return pid;
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

function accepts(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
