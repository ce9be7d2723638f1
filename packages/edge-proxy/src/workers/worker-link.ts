import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromWorker, ToWorker, WorkerAnswer } from "./message.ts";

/** What a worker is started from: compiled, also where the rest runs from source. */
const program = fileURLToPath(new URL("../../dist/workers/worker-process.js", import.meta.url));

export interface WorkerEvents {
  /** Everything but the answers to calls. */
  onMessage(message: Told): void;
  /** The process is gone. @param how its exit code or signal */
  onExit(how: string): void;
}

/** What a worker says of itself. */
export type Told = Exclude<FromWorker, { type: "done" }>;

/** What is answered. */
export type Call = DistributiveOmit<Extract<ToWorker, { call: number }>, "call">;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Of the primary process: one worker process and the channel to it. */
export class WorkerLink {
  readonly #process: ChildProcess;
  readonly #calls = new Map<number, (answer: WorkerAnswer | undefined) => void>();
  readonly #exited: Promise<void>;
  #lastCall = 0;

  constructor({ onMessage, onExit }: WorkerEvents) {
    this.#process = fork(program, {
      serialization: "advanced",
      // What this process was started with is for its own program: loaders, a debugger's port. NODE_OPTIONS is for all.
      execArgv: [],
      // What a worker prints is a crash.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#process.on("message", (message: FromWorker) => {
      if (message.type !== "done") return onMessage(message);
      this.#calls.get(message.call)?.(message.answer);
      this.#calls.delete(message.call);
    });
    this.#exited = new Promise((resolve) => {
      const gone = (how: string): void => {
        for (const answer of this.#calls.values()) answer(undefined);
        this.#calls.clear();
        onExit(how);
        resolve();
      };
      this.#process.once("error", (error) => {
        // It could not be started at all; 'exit' does not come then.
        if (this.#process.pid === undefined) gone(error.message);
      });
      this.#process.once("exit", (code, signal) => gone(signal ?? `exit code ${code}`));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  tell(message: ToWorker, handle?: object): void {
    if (!this.#process.connected) return;
    // One that is going away says so by 'exit'.
    this.#process.send(message, handle as never, () => {});
  }

  /** @returns undefined where the worker ended before it answered */
  call(call: Call): Promise<WorkerAnswer | undefined> {
    return new Promise((resolve) => {
      if (!this.#process.connected) return resolve(undefined);
      const id = ++this.#lastCall;
      this.#calls.set(id, resolve);
      this.tell({ ...call, call: id });
    });
  }

  /** Ends the process, which by now has nothing left to do. */
  async end(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#exited;
  }
}
