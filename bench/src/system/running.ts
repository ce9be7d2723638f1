import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as pass } from "node:timers/promises";

/** The kernel counts CPU time in these. */
const ticksPerSecond = 100;

/** A program that runs beside us, so that its CPU time and memory are its own. */
export class Running {
  readonly #process: ChildProcess;
  #output = "";

  constructor(command: string, args: readonly string[]) {
    const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
    this.#process = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, PATH: path } });
    this.#process.stderr?.on("data", (chunk) => {
      this.#output += chunk;
    });
    this.#process.once("error", (error) => {
      this.#output += error.message;
    });
  }

  /** Waits until it accepts connections. */
  async listens(port: number): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if (await accepts(port)) return;
      if (this.#process.exitCode !== null) break;
      await pass(25);
    }
    throw new Error(`${this.#process.spawnfile} does not listen on ${port}: ${this.#output}`);
  }

  /** User and system time since its start, in microseconds, of its children too. */
  cpuMicroseconds(): number {
    return this.#pids().reduce((sum, pid) => {
      // The fields behind the program's name, which may have spaces: utime and stime are the 12th and 13th of them.
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      return sum + ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond;
    }, 0);
  }

  /** Resident memory in KiB, of its children too. */
  residentKiB(): number {
    return this.#pids().reduce((sum, pid) => {
      const line = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
      return sum + Number(line?.[1] ?? 0);
    }, 0);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const closed = once(this.#process, "close");
    this.#process.kill("SIGTERM");
    const forced = setTimeout(() => this.#process.kill("SIGKILL"), 2_000);
    await closed;
    clearTimeout(forced);
  }

  #pids(): number[] {
    const { pid } = this.#process;
    if (pid === undefined) return [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return [pid, ...(children === "" ? [] : children.split(" ").map(Number))];
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
