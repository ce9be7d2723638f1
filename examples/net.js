// A TCP service behind a load balancer that sends PROXY headers. Run: PORT=8080 node net.js
import net from "node:net";
import { awsVpcEndpointId } from "@edgekit/pp2";
import { proxyInfo, proxyProtocol } from "@edgekit/pp2/node";

export const server = net.createServer((socket) => {
  const info = proxyInfo(socket);
  const endpoint = info && awsVpcEndpointId(info.header);
  socket.end(`hello ${socket.remoteAddress} through ${endpoint ?? info?.peer.address}\n`);
});

// The addresses of the load balancer. Nobody else gets in.
proxyProtocol(server, { trusted: ["127.0.0.1", "10.0.0.0/8"] });

server.listen(Number(process.env.PORT ?? 8080));
