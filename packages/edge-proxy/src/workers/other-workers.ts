import type { Neighbours } from "../data/neighbours.ts";
import type { TcpHandle } from "../data/node-tcp.ts";
import type { OfferedClient, WorkerSettings } from "./message.ts";

/** Sends a client away; its connection is another process's when `given` is called. */
export type GiveClient = (client: OfferedClient, connection: TcpHandle, given: () => void) => void;

/** Of a worker: those beside it, to whom it offers what it has no room for. */
export class OtherWorkers implements Neighbours {
  readonly count: number;
  readonly #maxOffered: number;
  readonly #give: GiveClient;
  #offered = 0;

  constructor({ place, maxOffered }: WorkerSettings, give: GiveClient) {
    this.count = place.of - 1;
    this.#maxOffered = maxOffered;
    this.#give = give;
  }

  get busy(): boolean {
    return this.#offered >= this.#maxOffered;
  }

  offer(key: string, connection: object, full: number): void {
    this.#offered++;
    this.#give({ type: "client", key, full }, connection as TcpHandle, () => this.#offered--);
  }
}
