import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { endWithUs } from "../end-with-us.ts";
import type { Job, ResultOf } from "./job.ts";

const program = new URL("./load-process.js", import.meta.url);

/** A load in a process of its own, so that it never shares a thread with what it measures. */
export class Load<J extends Job> {
  readonly #child: ChildProcess;
  readonly #result: Promise<ResultOf<J>>;
  #begun: () => void = () => {};
  /** All connections that it begins with are open. */
  readonly begun: Promise<void>;

  constructor(job: J) {
    const child = endWithUs(fork(program, [JSON.stringify(job)]));
    this.#child = child;
    const begun = new Promise<void>((resolve) => {
      this.#begun = resolve;
    });
    let found: { readonly result: ResultOf<J> } | undefined;
    child.on("message", (message: { readonly begun: true } | { readonly result: ResultOf<J> }) => {
      if ("begun" in message) this.#begun();
      else found = message;
    });
    this.#result = once(child, "close").then(([code, signal]) => {
      if (found === undefined) throw new Error(`the load '${job.kind}' ended with ${signal ?? code}`);
      return found.result;
    });
    this.#result.catch(() => {});
    this.begun = Promise.race([begun, this.#result.then(() => {})]);
  }

  /** What came of it, once it has come to its end by itself. */
  result(): Promise<ResultOf<J>> {
    return this.#result;
  }

  /** Ends one that would go on. */
  async stop(): Promise<ResultOf<J>> {
    if (this.#child.connected) this.#child.send("stop");
    return this.#result;
  }

  /** Ends it where nobody asks any more. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#result.catch(() => {});
  }
}

/** Runs a load to its end. */
export function runLoad<J extends Job>(job: J): Promise<ResultOf<J>> {
  return new Load(job).result();
}
