/**
 * The PROXY protocol for Node's servers and clients.
 *
 * ```ts
 * import http from "node:http";
 * import { awsVpcEndpointId } from "@edgekit/pp2";
 * import { proxyInfo, proxyProtocol } from "@edgekit/pp2/node";
 *
 * const server = http.createServer((req, res) => {
 *   const info = proxyInfo(req);
 *   const endpoint = info && awsVpcEndpointId(info.header);
 *   res.end(`${req.socket.remoteAddress} came through ${endpoint ?? info?.peer.address}\n`);
 * });
 * proxyProtocol(server, { trusted: ["10.0.0.0/8"] });
 * server.listen(8080);
 * ```
 *
 * @module
 */

export { type AcceptOptions, acceptProxied, type ProxiedConnection } from "./accept.ts";
export {
  ProxyHeaderAgent,
  type ProxyHeaderAgentOptions,
  ProxyHeaderHttpsAgent,
  type ProxyHeaderHttpsAgentOptions,
} from "./agent.ts";
export type { Clock } from "./clock.ts";
export { type ConnectWithHeaderOptions, connectWithHeader, type SendOptions } from "./connect.ts";
export { type Connector, type ConnectorTarget, type ProxyConnectorOptions, proxyConnector } from "./connector.ts";
export type { ProxyCounters } from "./counters.ts";
export type { CallbackErrorEvent, HeaderEvent, RejectEvent, SecondHeaderEvent } from "./events.ts";
export { type FastifyLike, type FastifyProxyRequest, fastifyProxyProtocol } from "./fastify.ts";
export { type ProxyInfo, proxyInfo } from "./info.ts";
export type { ProxyProtocolOptions, ReceiveOptions } from "./options.ts";
export { type ProxiedConnections, type ProxiedOptions, proxied } from "./proxied.ts";
export { type ProxyProtocolHandle, proxyProtocol } from "./proxy-protocol.ts";
export { ProxyProtocolError, type Rejection, type RejectReason } from "./rejection.ts";
export type { Trusted } from "./trust.ts";
