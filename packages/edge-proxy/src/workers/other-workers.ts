import type { Neighbours } from "../data/neighbours.ts";
import type { TcpHandle } from "../data/node-tcp.ts";
import type { OfferedClient, WorkerSettings } from "./message.ts";

/** Sends a client's connection to the primary process; `given` is called when it belongs to another process. */
export type GiveClient = (client: OfferedClient, connection: TcpHandle, given: () => void) => void;

/** In a worker: the other workers, to which it offers clients that it has no room for. */
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
