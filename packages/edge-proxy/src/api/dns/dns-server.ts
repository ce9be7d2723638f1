import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from "node:net";
import type { Clock } from "../../clock.ts";
import { listenError } from "../../listen-error.ts";
import { answer, type DnsView } from "./answer.ts";
import type { DnsObserver } from "./dns-observer.ts";
import { answerOverTcp, type TcpLimits } from "./tcp-queries.ts";

export interface DnsServerOptions {
  readonly clock: Clock;
  /** For the order of several addresses. */
  readonly random: () => number;
  readonly observer?: DnsObserver;
}

export interface DnsServer {
  readonly address: string;
  /** Of both UDP and TCP. */
  readonly port: number;
  close(): Promise<void>;
}

export const dnsLimits: TcpLimits & { readonly maxConnections: number } = {
  maxQueryBytes: 4096,
  idleMs: 10_000,
  /** Of TCP; more are closed at once. */
  maxConnections: 100,
};

/** A port that is free for TCP may be taken for UDP. */
const attemptsForFreePort = 20;

/**
 * Answers queries for what the view knows, over UDP and TCP on one port; 0 takes one that is free for both.
 * @throws EdgeProxyError `EDGE_LISTEN_FAILED`
 */
export async function openDnsServer(
  address: string,
  port: number,
  view: DnsView,
  { clock, random, observer }: DnsServerOptions,
): Promise<DnsServer> {
  const connections = new Set<Socket>();
  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    answerOverTcp(socket, (query) => answer(query, "tcp", view, random, observer), dnsLimits, clock);
  });
  tcp.maxConnections = dnsLimits.maxConnections;
  tcp.on("drop", () => observer?.connectionRefused?.());
  const udp = await listenOnBoth(tcp, address, port);
  udp.on("message", (query, { address, port }) => {
    // Nobody can be reached on port 0, and send() would throw.
    if (port === 0) return;
    const reply = answer(query, "udp", view, random, observer);
    if (reply !== undefined) udp.send(reply, port, address);
  });
  // An answer that cannot be sent is lost, as any datagram may be.
  udp.on("error", () => {});
  const bound = tcp.address() as AddressInfo;
  return {
    address: bound.address,
    port: bound.port,
    close: async () => {
      for (const socket of connections) socket.destroy();
      const closed = [once(tcp, "close"), once(udp, "close")];
      tcp.close();
      udp.close();
      await Promise.all(closed);
    },
  };
}

/** @returns the UDP socket on the port that the TCP server has got */
async function listenOnBoth(tcp: Server, address: string, port: number): Promise<UdpSocket> {
  for (let attempt = 1; ; attempt++) {
    const bound = await listen(tcp, address, port).catch((error) => {
      throw listenError(error, address, port, "DNS over TCP");
    });
    try {
      return await bindUdp(address, bound.port);
    } catch (error) {
      const closed = once(tcp, "close");
      tcp.close();
      await closed;
      const isChoiceOfKernel = port === 0 && (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (isChoiceOfKernel && attempt < attemptsForFreePort) continue;
      throw listenError(error as NodeJS.ErrnoException, address, bound.port, "DNS over UDP");
    }
  }
}

async function listen(tcp: Server, address: string, port: number): Promise<AddressInfo> {
  tcp.listen(port, address);
  await once(tcp, "listening");
  return tcp.address() as AddressInfo;
}

async function bindUdp(address: string, port: number): Promise<UdpSocket> {
  const udp = createSocket(isIPv6(address) ? "udp6" : "udp4");
  try {
    udp.bind(port, address);
    await once(udp, "listening");
    return udp;
  } catch (error) {
    udp.close();
    throw error;
  }
}
