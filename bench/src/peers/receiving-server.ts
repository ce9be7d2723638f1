import http from "node:http";
import net from "node:net";
import { proxyProtocol } from "@edgekit/pp2/node";
import proxywrap from "findhit-proxywrap";
import { IPv4ProxyAddress, V2ProxyProtocol } from "proxy-protocol-js";

/** What serves the clients; their requests are HTTP for both. */
export type Application = "net" | "http";

/** How it comes to know who they are. */
export type Reading = "no header" | "proxyProtocol" | "findhit-proxywrap" | "proxy-protocol-js by hand";

/** A server that tells each client its address and port, as far as it knows them, and ends the connection. */
export function receivingServer(reading: Reading, application: Application): net.Server {
  switch (reading) {
    case "no header":
      return applications[application]({ net, http });
    case "proxyProtocol": {
      const server = applications[application]({ net, http });
      proxyProtocol(server, { trusted: ["127.0.0.0/8"] });
      return server;
    }
    case "findhit-proxywrap":
      return applications[application]({ net: proxywrap.proxy(net), http: proxywrap.proxy(http) });
    case "proxy-protocol-js by hand":
      return readByHand(applications[application]({ net, http }));
  }
}

interface Modules {
  readonly net: typeof net;
  readonly http: typeof http;
}

const applications: Readonly<Record<Application, (modules: Modules) => net.Server>> = {
  net: (modules) =>
    modules.net.createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        const body = clientOf(socket);
        socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
    }),
  http: (modules) => modules.http.createServer(({ socket }, response) => void response.end(clientOf(socket))),
};

function clientOf({ remoteAddress, remotePort }: net.Socket): string {
  return `${remoteAddress}:${remotePort}`;
}

/**
 * What one writes when a parser is all that there is. It takes the first chunk for the whole header, and knows version 2 with IPv4
 * only; it waits for ever, believes everybody, and what is no header ends the process.
 */
function readByHand(application: net.Server): net.Server {
  return net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (chunk) => {
      const { proxyAddress } = V2ProxyProtocol.parse(chunk);
      if (proxyAddress instanceof IPv4ProxyAddress) {
        Object.defineProperties(socket, {
          remoteAddress: { value: proxyAddress.sourceAddress.address.join(".") },
          remotePort: { value: proxyAddress.sourcePort },
        });
      }
      const rest = chunk.subarray(16 + chunk.readUInt16BE(14));
      if (rest.length > 0) socket.unshift(rest);
      application.emit("connection", socket);
    });
  });
}
