import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until, withDeadline } from "@edgekit/testkit";

/** A program from Debian in the foreground, with a folder of its own for its files. */
export class Program implements AsyncDisposable {
  readonly folder: string;
  readonly process: ChildProcess;
  output = "";

  private constructor(folder: string, process: ChildProcess) {
    this.folder = folder;
    this.process = process;
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on("data", (chunk) => {
        this.output += chunk;
      });
    }
  }

  /** Writes its config and starts it. `config` and `command` are given the folder. */
  static async start(
    command: (folder: string) => readonly [string, ...string[]],
    files: Readonly<Record<string, Uint8Array | ((folder: string) => string)>> = {},
  ): Promise<Program> {
    const folder = await mkdtemp(join(tmpdir(), "edgekit-interop-"));
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), typeof content === "function" ? content(folder) : content);
    }
    const [program, ...args] = command(folder);
    const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
    return new Program(
      folder,
      spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PATH: path } }),
    );
  }

  /** Waits until its output matches. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (this.process.exitCode !== null) throw new Error(`ended early:\n${this.output}`);
      const more = [this.process.stdout, this.process.stderr].flatMap((stream) =>
        stream ? [once(stream, "data")] : [],
      );
      await withDeadline(
        Promise.race([...more, once(this.process, "close")]),
        `output like ${pattern}, got:\n${this.output}`,
      );
    }
  }

  /** Waits until it ends by itself. @returns what it printed */
  async finishes(): Promise<string> {
    if (this.process.exitCode === null) await withDeadline(once(this.process, "close"), "the program to end", 30_000);
    return this.output;
  }

  /** Waits until it accepts connections. When it never does, it is ended, since whoever starts it does not get it. */
  async listens(port: number, host = "127.0.0.1"): Promise<void> {
    try {
      await until(async () => {
        if (this.process.exitCode !== null) throw new Error(`ended early:\n${this.output}`);
        return accepts(port, host);
      }, `port ${port}`);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const closed = once(this.process, "close");
      this.process.kill("SIGTERM");
      await withDeadline(closed, "the program to end", 5_000).catch(async () => {
        this.process.kill("SIGKILL");
        await closed;
      });
    }
    // A browser's helpers may still be writing for a moment after it has ended.
    await rm(this.folder, { recursive: true, maxRetries: 5 });
  }
}

function accepts(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
