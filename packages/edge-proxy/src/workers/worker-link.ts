import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Clock } from "../clock.ts";
import type { TcpHandle } from "../data/node-tcp.ts";
import type { FromWorker, OfferedClient, ToWorker, WorkerAnswer } from "./message.ts";

/** What a worker is started from: compiled, also where the rest runs from source. */
const program = fileURLToPath(new URL("../../dist/workers/worker-process.js", import.meta.url));

export interface WorkerEvents {
  /** Everything but the answers to calls. */
  onMessage(message: Told, connection: TcpHandle | undefined): void;
  /** The process is gone, and has said everything. */
  onExit(): void;
}

/** What a worker says of itself. */
export type Told = Exclude<FromWorker, { type: "done" | "listening" }>;

/** What is answered. */
export type Call = DistributiveOmit<Extract<ToWorker, { call: number }>, "call">;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Of the primary process: one worker process and the channel to it. */
export class WorkerLink {
  /** Whether it has come so far that it answers; false for one that has ended before. */
  readonly listening: Promise<boolean>;
  readonly #clock: Clock;
  readonly #process: ChildProcess;
  readonly #calls = new Map<number, (answer: WorkerAnswer | undefined) => void>();
  readonly #exited: Promise<void>;
  /** Connections on their way to it. */
  readonly #given = new Set<TcpHandle>();
  #ended: string | undefined;
  #lastCall = 0;

  constructor(clock: Clock, { onMessage, onExit }: WorkerEvents) {
    this.#clock = clock;
    this.#process = fork(program, {
      serialization: "advanced",
      // What this process was started with is for its own program: loaders, a debugger's port. NODE_OPTIONS is for all.
      execArgv: [],
      // What a worker prints is a crash.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    let isListening: (itIs: boolean) => void = () => {};
    this.listening = new Promise((resolve) => {
      isListening = resolve;
    });
    this.#process.on("message", (message: FromWorker, connection: TcpHandle | undefined) => {
      if (message.type === "listening") isListening(true);
      else if (message.type === "done") this.#answered(message.call, message.answer);
      else onMessage(message, connection);
    });
    const gone = (how: string): void => {
      this.#ended = how;
      isListening(false);
      for (const call of [...this.#calls.keys()]) this.#answered(call, undefined);
      // Nobody is told of what waited for an acknowledgement.
      for (const connection of this.#given) connection.close();
      this.#given.clear();
      onExit();
    };
    // What it said last may come after its end. Where it ends by itself with a socket on the way to it, there is no 'disconnect';
    // where this process disconnects, there is no 'close' (nodejs/node#19433).
    const exited = once(this.#process, "exit");
    const saidAll = Promise.race([once(this.#process, "close"), once(this.#process, "disconnect")]);
    this.#exited = Promise.all([exited, saidAll]).then(
      ([[code, signal]]) => gone(String(signal ?? `exit code ${code}`)),
      // It could not be started at all.
      (error: Error) => gone(error.message),
    );
  }

  /** How it has ended, once it has: a signal, or an exit code. */
  get ended(): string | undefined {
    return this.#ended;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  tell(message: ToWorker, handle?: object): void {
    if (!this.#process.connected) return;
    // One that is going away says so by 'exit'.
    this.#process.send(message, handle as never, () => {});
  }

  /** The connection is the worker's then. */
  give(client: OfferedClient, connection: TcpHandle): void {
    this.#given.add(connection);
    this.#process.send(client, connection as never, () => {
      this.#given.delete(connection);
      connection.close();
    });
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

  /**
   * Calls a worker that others depend on: when it takes too long, its process is ended, whatever it does.
   * @returns undefined where the worker ended before it answered
   */
  async callOrEnd(call: Call, withinMs: number): Promise<WorkerAnswer | undefined> {
    const deadline = this.#clock.setTimer(withinMs, () => this.#process.kill("SIGKILL"));
    const answer = await this.call(call);
    this.#clock.clear(deadline);
    return answer;
  }

  /** Ends the process, which by now has nothing left to do. */
  async end(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#exited;
  }

  #answered(call: number, answer: WorkerAnswer | undefined): void {
    this.#calls.get(call)?.(answer);
    this.#calls.delete(call);
  }
}
