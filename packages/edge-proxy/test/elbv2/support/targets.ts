import type { Socket } from "node:net";
import { listenOn, type TcpServer, withDeadline } from "@edgekit/testkit";

/** Servers behind a load balancer. Health checks of these tests do not connect, so that every connection is a client's flow. */
export class Targets implements AsyncDisposable {
  readonly servers: TcpServer[] = [];
  readonly #arrived: Socket[] = [];
  readonly #waiting: ((socket: Socket) => void)[] = [];

  static async listen(count: number, address?: string): Promise<Targets> {
    const targets = new Targets();
    for (let i = 0; i < count; i++) {
      const arrive = (socket: Socket): void => {
        const next = targets.#waiting.shift();
        if (next) next(socket);
        else targets.#arrived.push(socket);
      };
      targets.servers.push(await listenOn(address, arrive));
    }
    return targets;
  }

  get ports(): number[] {
    return this.servers.map(({ port }) => port);
  }

  get address(): string {
    return this.servers[0]?.address ?? "";
  }

  /** The next connection to any of them, also one that has already come. */
  accept(): Promise<Socket> {
    const socket = this.#arrived.shift();
    if (socket) return Promise.resolve(socket);
    return withDeadline(new Promise((resolve) => this.#waiting.push(resolve)), "a flow at a target");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.servers) await server.close();
  }
}
