import { closeSync, readSync, writeSync } from "node:fs";
import type { FlowSocket } from "./flow-socket.ts";
import { type Libc, loadLibc, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM } from "./libc.ts";
import type { Moved, Mover } from "./splice.ts";

/** As much as an unprivileged process may ask for. */
const pipeBytes = 1024 * 1024;

/**
 * The most that one call moves. With 1 MiB a GiB costs no less CPU time, and beside eight bulk flows others wait three times as
 * long for their turn.
 */
const mostMoved = 256 * 1024;

/** Errors of reading which say nothing about the socket: it is empty, or the kernel cannot move bytes from it. */
const notTheSocket: ReadonlySet<string> = new Set(["EAGAIN", "EINTR", "EINVAL", "ENOMEM", "ENOSYS", "EPERM"]);

// Linux's numbers, as in `libc.ts`.
const F_SETPIPE_SZ = 1031;
const AF_UNIX = 1;
const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;

const flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

/** All that is needed of a socket. */
type Described = Pick<FlowSocket, "descriptor">;

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
  #isEmpty = true;

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
    let pipe: KernelPipe | undefined;
    try {
      const libc = await loadLibc();
      const pipe2 = libc.func("int pipe2(void *ends, int flags)");
      const ends = openTwo((fds) => pipe2(fds, SOCK_NONBLOCK | SOCK_CLOEXEC));
      pipe = new KernelPipe(libc, ...ends);
      // Where that is refused, it holds less and takes more turns.
      libc.func("int fcntl(int fd, int command, int value)")(ends[1], F_SETPIPE_SZ, pipeBytes);
      if (movesAByte(pipe, libc)) return pipe;
    } catch {
      // It is as good as missing.
    }
    pipe?.close();
    return undefined;
  }

  move(source: Described, sink: Described, place: Uint8Array): Moved {
    const from = source.descriptor;
    const to = sink.descriptor;
    let bytes = 0;
    while (from >= 0 && to >= 0 && bytes < mostMoved && this.#isEmpty) {
      const came = this.#splice(from, null, this.#writeEnd, null, place.length, flags);
      if (came < 0) return { bytes, rest: 0, errno: this.#sourceError() };
      if (came === 0) break;
      bytes += came;
      const taken = this.#splice(this.#readEnd, null, to, null, came, flags);
      // An error of the sink too: the write that follows will meet it again.
      if (taken < came) return this.#empty(place, bytes, came - Math.max(taken, 0));
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

  /**
   * Takes what is left in the pipe. Should that ever fail, bytes of this flow are lost, so it has to end, and those that stay must
   * not reach another one: then nothing is moved any more.
   */
  #empty(place: Uint8Array, bytes: number, rest: number): Moved {
    this.#isEmpty = false;
    try {
      for (let at = 0; at < rest; ) {
        const length = readSync(this.#readEnd, place, at, rest - at, null);
        if (length === 0) throw new Error("the pipe has ended");
        at += length;
      }
    } catch {
      return { bytes, rest: 0, errno: "EIO" };
    }
    this.#isEmpty = true;
    return { bytes, rest, errno: undefined };
  }
}

/** Tries the pipe out between two pairs of sockets: a sandbox may have the call and refuse it. */
function movesAByte(pipe: KernelPipe, libc: Libc): boolean {
  const socketpair = libc.func("int socketpair(int domain, int type, int protocol, void *ends)");
  const open: number[] = [];
  const pair = (): readonly [number, number] => {
    const ends = openTwo((fds) => socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    open.push(...ends);
    return ends;
  };
  try {
    const [peer, source] = pair();
    const [sink, reader] = pair();
    const byte = Uint8Array.of(42);
    writeSync(peer, byte);
    const { bytes, rest } = pipe.move({ descriptor: source }, { descriptor: sink }, new Uint8Array(1));
    return bytes === 1 && rest === 0 && readSync(reader, byte) === 1 && byte[0] === 42;
  } finally {
    for (const fd of open) closeSync(fd);
  }
}

/** The two descriptors that a system call opens. @throws Error where it fails */
function openTwo(call: (fds: Uint8Array) => number): readonly [number, number] {
  const fds = new Int32Array(2);
  if (call(new Uint8Array(fds.buffer)) !== 0) throw new Error("no descriptors");
  const [first = -1, second = -1] = fds;
  return [first, second];
}
