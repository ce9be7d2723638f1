import { connect, type Socket } from "node:net";
import { nlbHeader } from "@edgekit/pp2";
import type { Destination } from "./job.ts";

/** A connection to the destination, that has sent its PROXY header where one is wanted. */
export function connectTo({ port, withHeader }: Destination): Socket {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  if (withHeader) socket.once("connect", () => socket.write(headerOf(socket)));
  return socket;
}

function headerOf({ localAddress = "127.0.0.1", localPort = 0, remotePort = 0 }: Socket): Uint8Array {
  return nlbHeader({
    source: { address: localAddress, port: localPort },
    destination: { address: "127.0.0.1", port: remotePort },
  });
}
