import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below those that the kernel gives to clients: a port that is free now is free when the proxy comes to it. */
const range = { first: 17_400, last: 31_999 };
/** How many ports a running bench reserves, so that it never measures the proxies of another one beside it. */
const blockSize = 2_920;

let block: Promise<PortBlock> | undefined;

/** A port of 127.0.0.1 on which nobody listens; a different one each time. */
export async function freePort(): Promise<number> {
  block ??= claimBlock();
  return (await block).next();
}

/** @throws Error when so many benches run that no block is left */
export async function claimBlock(): Promise<PortBlock> {
  for (let first = range.first; first <= range.last; first += blockSize) {
    const claim = await listenOn(first);
    if (claim !== undefined) return new PortBlock(claim, first);
  }
  throw new Error(`other benches have all ports from ${range.first} to ${range.last}`);
}

/** A block is ours as long as a server of ours listens on its first port. */
export class PortBlock {
  readonly #claim: Server;
  readonly #first: number;
  #offset = 0;

  constructor(claim: Server, first: number) {
    this.#claim = claim.unref();
    this.#first = first;
  }

  async next(): Promise<number> {
    for (;;) {
      this.#offset = (this.#offset % (blockSize - 1)) + 1;
      const port = this.#first + this.#offset;
      const server = await listenOn(port);
      if (server === undefined) continue;
      await closed(server);
      return port;
    }
  }

  release(): Promise<void> {
    return closed(this.#claim);
  }
}

async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer().listen({ port, host: "127.0.0.1" });
  return once(server, "listening").then(
    () => server,
    () => undefined,
  );
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}
