import net from "node:net";
import type { Clock, Timer } from "../clock.ts";
import type { ByteReader, FlowSocket, SocketOwner, Sockets } from "./flow-socket.ts";
import { nativeSockets } from "./native-socket.ts";
import { netSockets } from "./net-socket.ts";

/** How long the trial may take; it needs a few milliseconds. */
const trialMs = 1_000;

let chosen: Promise<Sockets> | undefined;

/** The cheaper native sockets if a trial, once per process, shows that they work; otherwise Node's public ones. */
export function chooseSockets(clock: Clock): Promise<Sockets> {
  chosen ??= workingOf(nativeSockets, clock);
  return chosen;
}

/** @returns the candidate if a connection between two of its sockets behaves as it should, otherwise `netSockets` */
export async function workingOf(candidate: Sockets | undefined, clock: Clock): Promise<Sockets> {
  if (candidate === undefined) return netSockets;
  try {
    await tryOut(candidate, clock);
    return candidate;
  } catch {
    return netSockets;
  }
}

const question = Uint8Array.of(63);

/** Sends a byte there and back, lets both sides say FIN, and resolves when both sockets have closed. */
async function tryOut(sockets: Sockets, clock: Clock): Promise<void> {
  const server = net.createServer();
  const made: FlowSocket[] = [];
  let deadline: Timer | undefined;
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    await new Promise<void>((resolve, reject) => {
      deadline = clock.setTimer(trialMs, () => reject(new Error("no end")));
      let closed = 0;
      const onClosed = (): void => {
        closed++;
        if (closed === 2) resolve();
      };
      sockets.accept(server, (accepted) => {
        made.push(accepted);
        const echo = new TrialSide((bytes) => accepted.write(bytes), onClosed, reject);
        if (accepted.peerName()?.address !== "127.0.0.1") reject(new Error("no address"));
        accepted.start(echo, echo);
      });
      const asking = new TrialSide(() => connecting.end(), onClosed, reject);
      const { port } = server.address() as net.AddressInfo;
      const connecting = sockets.connect({ address: "127.0.0.1", port, family: 4 }, asking, asking);
      made.push(connecting);
    });
  } finally {
    if (deadline !== undefined) clock.clear(deadline);
    for (const socket of made) socket.destroy();
    server.close();
  }
}

class TrialSide implements ByteReader, SocketOwner {
  readonly #buffer = new Uint8Array(16);
  readonly #onBytes: (bytes: Uint8Array) => void;
  readonly #onClosed: () => void;
  readonly #onFailed: (error: Error) => void;

  constructor(onBytes: (bytes: Uint8Array) => void, onClosed: () => void, onFailed: (error: Error) => void) {
    this.#onBytes = onBytes;
    this.#onClosed = onClosed;
    this.#onFailed = onFailed;
  }

  nextBuffer(): Uint8Array {
    return this.#buffer;
  }

  onRead(length: number, buffer: Uint8Array): boolean {
    if (length === 1 && buffer[0] === question[0]) this.#onBytes(question);
    else this.#onFailed(new Error("another byte"));
    return true;
  }

  socketConnected(socket: FlowSocket): void {
    socket.write(question);
  }

  socketEnded(socket: FlowSocket): void {
    socket.end();
  }

  socketDrained(): void {}

  socketFailed(_socket: FlowSocket, errno: string | undefined): void {
    this.#onFailed(new Error(errno));
  }

  socketClosed(): void {
    this.#onClosed();
  }
}
