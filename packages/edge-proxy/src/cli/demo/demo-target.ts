import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { awsVpcEndpointId } from "@edgekit/pp2";
import { proxyInfo, proxyProtocol } from "@edgekit/pp2/node";

/** A backend service as a user of `@edgekit/pp2` would write it. */
export interface DemoTarget {
  readonly name: string;
  readonly port: number;
  /** Closes idle keep-alive connections, and busy ones after their answer. */
  letGo(): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and tells each client what it knows of it. */
export async function startDemoTarget(name: string): Promise<DemoTarget> {
  const server = createServer((request, response) => answer(name, request, response));
  // Only what comes from this machine may say who the client is.
  proxyProtocol(server, { trusted: ["127.0.0.0/8"] });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const closed = once(server, "close");
  const letGo = (): void => {
    if (!server.listening) return;
    server.close();
    server.closeIdleConnections();
  };
  return {
    name,
    port: (server.address() as AddressInfo).port,
    letGo,
    close: async () => {
      letGo();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(target: string, request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/healthz") {
    response.end("ok\n");
    return;
  }
  const info = proxyInfo(request);
  const body = {
    target,
    // The other end of the TCP connection: the load balancer.
    peer: info?.peer ?? null,
    // On whose behalf it connects, from the PROXY header.
    client: info?.client ?? null,
    vpcEndpointId: (info && awsVpcEndpointId(info.header)) ?? null,
    proxyHeader: info ? Buffer.from(info.header.bytes).toString("hex") : null,
  };
  response.setHeader("content-type", "application/json");
  response.end(`${JSON.stringify(body, null, 2)}\n`);
}
