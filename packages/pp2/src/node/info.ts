import type { Endpoint, Header } from "../index.ts";

/** What is known of a connection that came with a PROXY header. */
export interface ProxyInfo {
  /** The header as it was received, safe to keep. */
  readonly header: Header;
  /** The real other end of the TCP connection: the load balancer. */
  readonly peer: Endpoint;
  /**
   * On whose behalf the load balancer connects, as `socket.remoteAddress` and `socket.remotePort` say. The same as
   * `peer` when the header names no IP address: LOCAL (a health check of the load balancer's own), UNSPEC, UNIX.
   */
  readonly client: Endpoint;
}

// A property and no WeakMap, because `req.socket` of an HTTP/2 request is a Proxy object that no WeakMap knows: it
// hands property reads on to the socket. Symbol.for, so that two copies of this package in one process agree.
const infoKey: unique symbol = Symbol.for("@edgekit/pp2:info");

/** Where it is looked for: in the thing itself, in what lies under it, and in what a framework wraps. */
interface Carrier {
  readonly [infoKey]?: ProxyInfo;
  readonly socket?: Carrier | null;
  readonly stream?: object;
  readonly session?: object;
  readonly raw?: object;
  readonly req?: object;
}

/** Makes {@link proxyInfo} find `info` on a socket or HTTP/2 session. */
export function rememberInfo(carrier: object, info: ProxyInfo): void {
  Object.defineProperty(carrier, infoKey, { value: info, configurable: true });
}

/**
 * The PROXY header of a connection, and who is at its two ends.
 *
 * @param source A net or TLS socket, an `http` or `http2` request or response, an HTTP/2 stream or session, or the
 *   request object of a framework that keeps one of these as `raw` (Fastify) or `req` (Koa).
 * @returns Undefined when the connection came without a header, or not through {@link proxyProtocol}.
 */
export function proxyInfo(source: object | null | undefined): ProxyInfo | undefined {
  if (source === null || typeof source !== "object") return undefined;
  const carrier: Carrier = source;
  const own = carrier[infoKey];
  if (own) return own;
  // An HTTP/2 stream knows its session only until it is closed; what was found is kept for log lines written then.
  const fromSession = proxyInfo(carrier.session);
  if (fromSession) {
    rememberInfo(source, fromSession);
    return fromSession;
  }
  return proxyInfo(carrier.stream) ?? carrier.socket?.[infoKey] ?? proxyInfo(carrier.raw) ?? proxyInfo(carrier.req);
}
