import { closeSync, readSync } from "node:fs";
import type { FlowSocket } from "./flow-socket.ts";
import { type Libc, loadLibc } from "./libc.ts";
import type { Moved, Mover } from "./splice.ts";

/** As much as an unprivileged process may ask for. */
const pipeBytes = 1024 * 1024;

/** The most that one call moves: other flows have their turns too. */
const mostMoved = 1024 * 1024;

/** Errors of reading which say nothing about the socket: it is empty, or the kernel cannot move bytes from it. */
const notTheSocket: ReadonlySet<string> = new Set(["EAGAIN", "EINTR", "EINVAL", "ENOMEM", "ENOSYS", "EPERM"]);

// Linux's numbers, which are the same on every architecture that koffi is built for.
const F_SETPIPE_SZ = 1031;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;

const flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

let opened: Promise<KernelPipe | undefined> | undefined;

/** The pipe of this process. @returns undefined where there is none, see `KernelPipe.open` */
export function openKernelPipe(): Promise<Mover | undefined> {
  opened ??= KernelPipe.open();
  return opened;
}

/**
 * Moves bytes from socket to socket inside the kernel, where they are handed on and not copied: splice(2), which takes a pipe
 * between the two. One pipe serves all flows, because it is empty again after each call.
 */
export class KernelPipe implements Mover {
  readonly #libc: Libc;
  readonly #splice: ReturnType<Libc["func"]>;
  readonly #readEnd: number;
  readonly #writeEnd: number;

  private constructor(libc: Libc, readEnd: number, writeEnd: number) {
    this.#libc = libc;
    this.#readEnd = readEnd;
    this.#writeEnd = writeEnd;
    this.#splice = libc.func(
      "intptr_t splice(int from, void *o1, int to, void *o2, size_t length, unsigned int flags)",
    );
  }

  /** @returns undefined where there is none: elsewhere than on Linux, without koffi, or without a descriptor left */
  static async open(): Promise<KernelPipe | undefined> {
    if (process.platform !== "linux") return undefined;
    try {
      const libc = await loadLibc();
      const ends = new Int32Array(2);
      const pipe2 = libc.func("int pipe2(void *ends, int flags)");
      if (pipe2(new Uint8Array(ends.buffer), O_NONBLOCK | O_CLOEXEC) !== 0) return undefined;
      const [readEnd = -1, writeEnd = -1] = ends;
      // Where that is refused, it holds less and takes more turns.
      libc.func("int fcntl(int fd, int command, int value)")(writeEnd, F_SETPIPE_SZ, pipeBytes);
      return new KernelPipe(libc, readEnd, writeEnd);
    } catch {
      return undefined;
    }
  }

  move(source: FlowSocket, sink: FlowSocket, place: Uint8Array): Moved {
    const from = source.descriptor;
    const to = sink.descriptor;
    let bytes = 0;
    while (from >= 0 && to >= 0 && bytes < mostMoved) {
      const came = this.#splice(from, null, this.#writeEnd, null, place.length, flags);
      if (came < 0) return { bytes, rest: 0, errno: this.#sourceError() };
      if (came === 0) break;
      bytes += came;
      const taken = this.#splice(this.#readEnd, null, to, null, came, flags);
      // An error of the sink too: the write that follows will meet it again.
      if (taken < came) return { bytes, rest: this.#empty(place, came - Math.max(taken, 0)), errno: undefined };
    }
    return { bytes, rest: 0, errno: undefined };
  }

  close(): void {
    closeSync(this.#readEnd);
    closeSync(this.#writeEnd);
  }

  #sourceError(): string | undefined {
    const errno = this.#libc.lastError();
    return notTheSocket.has(errno) ? undefined : errno;
  }

  /** Takes what is left in the pipe. @returns its length */
  #empty(place: Uint8Array, length: number): number {
    for (let at = 0; at < length; ) at += readSync(this.#readEnd, place, at, length - at, null);
    return length;
  }
}
