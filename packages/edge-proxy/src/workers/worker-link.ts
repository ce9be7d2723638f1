import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Clock } from "../clock.ts";
import type { TcpHandle } from "../data/node-tcp.ts";
import type { FromWorker, OfferedClient, ToWorker, WorkerAnswer } from "./message.ts";

/** The program of a worker: always the compiled one, even where the rest runs from source. */
const program = fileURLToPath(new URL("../../dist/workers/worker-process.js", import.meta.url));

export interface WorkerEvents {
  /** Called for every message but `listening` and the answers to calls. */
  onMessage(message: WorkerNotification, connection: TcpHandle | undefined): void;
  /** The process is gone, and all of its messages have arrived. */
  onExit(): void;
}

/** What a worker tells without being asked. */
export type WorkerNotification = Exclude<FromWorker, { type: "done" | "listening" }>;

/** A message that is answered. */
export type Call = DistributiveOmit<Extract<ToWorker, { call: number }>, "call">;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** In the primary process: one worker process and the channel to it. */
export class WorkerLink {
  /** Resolves to true when the worker answers, to false if it ends before. */
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
      // The options of this process (loaders, a debugger's port) are for its own program. NODE_OPTIONS is for all.
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
      // Handles that wait for an acknowledgement get no callback.
      for (const connection of this.#given) connection.close();
      this.#given.clear();
      onExit();
    };
    // Its last messages may arrive after 'exit'. If it ends by itself while a socket is on the way to it, there is no 'disconnect';
    // if this process disconnects, there is no 'close' (nodejs/node#19433).
    const exited = once(this.#process, "exit");
    const saidAll = Promise.race([once(this.#process, "close"), once(this.#process, "disconnect")]);
    this.#exited = Promise.all([exited, saidAll]).then(
      ([[code, signal]]) => gone(String(signal ?? `exit code ${code}`)),
      // It could not be started at all.
      (error: Error) => gone(error.message),
    );
  }

  /** How the worker has ended: a signal or an exit code; undefined while it lives. */
  get ended(): string | undefined {
    return this.#ended;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  tell(message: ToWorker, handle?: object): void {
    if (!this.#process.connected) return;
    // A failed send needs no handling: 'exit' tells that the worker is gone.
    this.#process.send(message, handle as never, () => {});
  }

  /** Hands a client's connection over to the worker. */
  give(client: OfferedClient, connection: TcpHandle): void {
    this.#given.add(connection);
    this.#process.send(client, connection as never, () => {
      this.#given.delete(connection);
      connection.close();
    });
  }

  /** Sends a message and waits for its answer. @returns undefined if the worker ended before it answered */
  call(call: Call): Promise<WorkerAnswer | undefined> {
    return new Promise((resolve) => {
      if (!this.#process.connected) return resolve(undefined);
      const id = ++this.#lastCall;
      this.#calls.set(id, resolve);
      this.tell({ ...call, call: id });
    });
  }

  /**
   * The same, but kills the worker if its answer takes too long, because others wait for it.
   * @returns undefined if the worker ended before it answered
   */
  async callOrEnd(call: Call, withinMs: number): Promise<WorkerAnswer | undefined> {
    const deadline = this.#clock.setTimer(withinMs, () => this.#process.kill("SIGKILL"));
    const answer = await this.call(call);
    this.#clock.clear(deadline);
    return answer;
  }

  /** Ends the process, which has nothing left to do. */
  async end(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#exited;
  }

  #answered(call: number, answer: WorkerAnswer | undefined): void {
    this.#calls.get(call)?.(answer);
    this.#calls.delete(call);
  }
}
