import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { withDeadline } from "@edgekit/testkit";

const bin = fileURLToPath(new URL("../../bin/edge-proxy.js", import.meta.url));

/** What a process may be given beside its arguments. */
interface Circumstances {
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; nothing otherwise. */
  readonly input?: Uint8Array;
  /** The descriptor that is its standard output, which is not gathered then. */
  readonly output?: number;
  /** Leads a process group of its own, as under a shell: its signals reach what it starts too. Default false. */
  readonly ownGroup?: boolean;
}

/** The built command in a process of its own. */
export class Cli implements AsyncDisposable {
  readonly process: ChildProcess;
  stdout = "";
  stderr = "";

  constructor(...args: [Circumstances, ...string[]] | string[]) {
    const [first, ...rest] = args;
    const { env, input, output = "pipe", ownGroup = false } = typeof first === "object" ? first : ({} as Circumstances);
    const words = typeof first === "string" ? [first, ...rest] : rest;
    this.process = spawn(process.execPath, [bin, ...(words as string[])], {
      stdio: [input === undefined ? "ignore" : "pipe", output, "pipe"],
      env: { ...process.env, ...env },
      detached: ownGroup,
    });
    this.process.stdin?.on("error", () => {}).end(input);
    this.process.stdout?.on("data", (chunk) => {
      this.stdout += chunk;
    });
    this.process.stderr?.on("data", (chunk) => {
      this.stderr += chunk;
    });
  }

  /** Waits until the output matches. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      if (this.process.exitCode !== null)
        throw new Error(`ended before it printed ${pattern}:\n${this.stdout}${this.stderr}`);
      const more = this.process.stdout === null ? [] : [once(this.process.stdout, "data")];
      await withDeadline(Promise.race([...more, once(this.process, "close")]), `output like ${pattern}`);
    }
  }

  /** As a terminal does at Ctrl-C, and systemd at a stop: to all of its group. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-(this.process.pid as number), signal);
  }

  /** Waits for the end. */
  async exit(): Promise<number | null> {
    const { exitCode, signalCode } = this.process;
    if (exitCode === null && signalCode === null) {
      await withDeadline(once(this.process, "close"), "the process to end");
    }
    return this.process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const closed = once(this.process, "close");
    this.process.kill("SIGKILL");
    await closed;
  }
}
