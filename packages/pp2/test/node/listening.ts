import { once } from "node:events";
import type net from "node:net";

/** Listens on a port of the kernel's choice, and tells which. */
export async function listening(server: net.Server, address = "127.0.0.1"): Promise<number> {
  server.listen(0, address);
  await once(server, "listening");
  return (server.address() as net.AddressInfo).port;
}

/** Closes a server, and waits until all its connections have ended. */
export async function closed(server: net.Server): Promise<void> {
  const done = once(server, "close");
  server.close();
  await done;
}
