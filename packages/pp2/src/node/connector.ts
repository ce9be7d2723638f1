import net from "node:net";
import tls from "node:tls";
import { dial, type SendOptions } from "./connect.ts";
import { type SentHeader, sentHeader } from "./sent-header.ts";

/** What undici tells its connector about the connection that it wants. */
export interface ConnectorTarget {
  readonly hostname: string;
  readonly protocol: string;
  readonly port: string;
  readonly servername?: string | null | undefined;
  readonly localAddress?: string | null | undefined;
}

/** The shape of undici's `connect` option. */
export type Connector = (
  target: ConnectorTarget,
  callback: (...result: [error: null, socket: net.Socket] | [error: Error, socket: null]) => void,
) => void;

/** What {@link proxyConnector} takes. */
export interface ProxyConnectorOptions extends SendOptions {
  /** For `https:` origins: what `tls.connect` takes, such as `ca`. */
  readonly tls?: tls.ConnectionOptions;
  /** Offers HTTP/2 to `https:` origins; set undici's option of that name as well. Default false. */
  readonly allowH2?: boolean;
  /** Connects to this Unix domain socket, whatever the origin says. */
  readonly socketPath?: string;
}

/**
 * Makes undici send a PROXY header on each connection, before TLS where there is TLS.
 *
 * Connections are reused for requests to the same origin, so make one `Agent` (or `Client`, or `Pool`) for each source
 * and destination, and never share it between clients.
 *
 * ```ts
 * const dispatcher = new undici.Agent({
 *   connect: proxyConnector({ source: { address: "198.51.100.7", port: 40001 }, destination: { address: "10.0.0.5", port: 443 } }),
 * });
 * await undici.fetch("https://app.internal/", { dispatcher });
 * ```
 */
export function proxyConnector(options: ProxyConnectorOptions): Connector {
  const header = sentHeader(options);
  return (target, callback) => {
    open(options, header, target).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

async function open(options: ProxyConnectorOptions, header: SentHeader, target: ConnectorTarget): Promise<net.Socket> {
  const secure = target.protocol === "https:";
  const host = unbracket(target.hostname);
  const { socketPath } = options;
  const socket = await dial(
    {
      ...(socketPath === undefined ? { host, port: Number(target.port) || (secure ? 443 : 80) } : { path: socketPath }),
      ...(target.localAddress && { localAddress: target.localAddress }),
      keepAlive: true,
    },
    header,
    options,
  );
  if (!secure) return socket;
  return startTls(socket, {
    ALPNProtocols: options.allowH2 ? ["h2", "http/1.1"] : ["http/1.1"],
    host,
    ...(target.servername && { servername: target.servername }),
    ...options.tls,
  });
}

/**
 * Begins TLS on a connection whose header has been sent.
 *
 * @throws The first error of the handshake, as a rejection; the socket is destroyed then.
 */
export function startTls(socket: net.Socket, options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
  // The handshake goes past the JavaScript side of the socket, so nothing may be held back there.
  while (socket.writableCorked > 0) socket.uncork();
  const { host = "" } = options;
  const secured = tls.connect({ ...(!net.isIP(host) && { servername: host }), ...options, socket });
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      secured.off("secureConnect", onSecure).off("error", onFailure).off("close", onClose);
    };
    const onSecure = (): void => {
      settle();
      resolve(secured);
    };
    const onFailure = (error: Error): void => {
      settle();
      secured.on("error", () => {}).destroy();
      reject(error);
    };
    const onClose = (): void => onFailure(new Error("the socket was closed before TLS was established"));
    secured.on("secureConnect", onSecure).on("error", onFailure).on("close", onClose);
  });
}

/** `[::1]`, as URLs write it, is `::1`. */
function unbracket(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
