import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { withDeadline } from "@edgekit/testkit";

/** How long peers of a scenario at its full size may take to tell something. */
const answerMs = 300_000;

/** A peer in a process of its own, with descriptors and a thread of its own. */
class PeerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  constructor(program: URL, argument: string) {
    this.#child = fork(program, [argument]);
    this.#closed = once(this.#child, "close");
  }

  /** The next thing it tells. */
  told<Message>(): Promise<Message> {
    const message = new Promise<Message>((resolve, reject) => {
      const heard = (word: Message): void => {
        this.#child.off("close", ended);
        resolve(word);
      };
      const ended = (code: number | null, signal: string | null): void => {
        this.#child.off("message", heard);
        reject(new Error(`a peer ended with ${signal ?? code}`));
      };
      this.#child.once("message", heard).once("close", ended);
    });
    return withDeadline(message, "a word of a peer", answerMs);
  }

  ask<Message>(): Promise<Message> {
    this.#child.send("?");
    return this.told();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }
}

/** Targets that echo, or send without end to what begins with `!`. */
export interface Targets extends AsyncDisposable {
  readonly ports: readonly number[];
  /** A word for each flow that stands: the peer's address and port, and the target's port. */
  peers(): Promise<readonly string[]>;
}

/** @param processes more than one where they are to have more flows than one process has descriptors for */
export async function startTargets(count: number, processes = 1): Promise<Targets> {
  const peers = shares(count, processes).map((share) => new PeerProcess(targetProgram, String(share)));
  const started = await Promise.all(peers.map((peer) => peer.told<{ ports: readonly number[] }>()));
  return {
    ports: started.flatMap(({ ports }) => ports),
    peers: async () => {
      const told = await Promise.all(peers.map((peer) => peer.ask<{ peers: readonly string[] }>()));
      return told.flatMap(({ peers }) => peers);
    },
    [Symbol.asyncDispose]: () => dispose(peers),
  };
}

interface Destination {
  readonly host: string;
  readonly port: number;
}

/** Clients that hold flows and read nothing of what they are sent. */
export interface HoldJob extends Destination {
  readonly flows: number;
  /** What each sends first; nothing otherwise. */
  readonly send?: string;
  /** Whether each waits for an answer, so that its target has accepted it. Default false. */
  readonly answered?: boolean;
}

export interface HeldFlows extends AsyncDisposable {
  /** How many stand. */
  standing(): Promise<number>;
}

/** Opens flows, in so many processes, each with client addresses of its own. They end with the processes. */
export async function holdFlows({ flows, ...job }: HoldJob, processes = 1): Promise<HeldFlows> {
  const peers = shares(flows, processes).map(
    (share, index) => new ClientProcess({ kind: "hold", ...job, localNetwork: `127.0.${index + 10}`, flows: share }),
  );
  await Promise.all(peers.map((peer) => peer.told()));
  return {
    standing: async () => {
      const told = await Promise.all(peers.map((peer) => peer.ask<{ standing: number }>()));
      return told.reduce((sum, { standing }) => sum + standing, 0);
    },
    [Symbol.asyncDispose]: () => dispose(peers),
  };
}

/** A byte there and back, on each of many connections that begin at a fixed rate. */
export interface StormJob extends Destination {
  readonly perSecond: number;
  readonly total: number;
}

export interface StormResult {
  /** From the connect to the byte that came back, of each client that had one. */
  readonly answeredAfterMs: readonly number[];
  /** How many got none, by the system's name for the reason. */
  readonly failures: Readonly<Record<string, number>>;
  /** What it took to begin them all. */
  readonly begunWithinMs: number;
}

export async function runStorm({ perSecond, total, ...job }: StormJob, processes = 1): Promise<StormResult> {
  const peers = shares(total, processes).map(
    (share) => new ClientProcess({ kind: "storm", ...job, perSecond: perSecond / processes, total: share }),
  );
  const parts = await Promise.all(peers.map((peer) => peer.told<StormResult>()));
  await dispose(peers);
  const failures: Record<string, number> = {};
  for (const [reason, count] of parts.flatMap((part) => Object.entries(part.failures))) {
    failures[reason] = (failures[reason] ?? 0) + count;
  }
  return {
    answeredAfterMs: parts.flatMap(({ answeredAfterMs }) => answeredAfterMs),
    failures,
    begunWithinMs: Math.max(...parts.map(({ begunWithinMs }) => begunWithinMs)),
  };
}

const targetProgram = new URL("./target-process.js", import.meta.url);
const clientProgram = new URL("./client-process.js", import.meta.url);

class ClientProcess extends PeerProcess {
  constructor(job: object) {
    super(clientProgram, JSON.stringify(job));
  }
}

/** As even as it can be. */
function shares(whole: number, parts: number): readonly number[] {
  return Array.from({ length: parts }, (_, part) => Math.floor((whole + part) / parts));
}

async function dispose(peers: readonly PeerProcess[]): Promise<void> {
  await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
}
