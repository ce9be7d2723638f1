import { once } from "node:events";
import type { Socket } from "node:net";
import { withDeadline } from "@edgekit/testkit";

/** Both ends of one flow. */
export class Flow {
  readonly client: Socket;
  readonly server: Socket;
  /** Of the target that has it. */
  readonly port: number;

  constructor(client: Socket, server: Socket) {
    this.client = client;
    this.server = server;
    this.port = server.localPort ?? 0;
  }

  /** Sends bytes from the client. @returns the next bytes that the target gets */
  async send(text: string): Promise<Buffer> {
    const arrived = firstBytes(this.server);
    this.client.write(text);
    return arrived;
  }

  /** Whether bytes go through, just as they are. */
  async carries(): Promise<boolean> {
    return String(await this.send("ping")) === "ping";
  }

  end(): void {
    this.client.destroy();
    this.server.destroy();
  }

  /** Resets it from the client's side, and waits until the target knows. */
  async reset(): Promise<void> {
    const closed = new Promise((resolve) => this.server.once("close", resolve));
    this.client.resetAndDestroy();
    this.server.resume();
    await withDeadline(closed, "the flow's end");
  }
}

export async function firstBytes(socket: Socket): Promise<Buffer> {
  const [bytes] = await withDeadline(once(socket, "data"), "bytes");
  return bytes as Buffer;
}
