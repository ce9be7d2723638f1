import http from "node:http";
import https from "node:https";
import type net from "node:net";
import type { Duplex } from "node:stream";
import type tls from "node:tls";
import { type DialOptions, type DialTarget, dial, type SendOptions } from "./connect.ts";
import { startTls } from "./connector.ts";
import { headerKeys, type SentHeader, sentHeader } from "./sent-header.ts";

/** What {@link ProxyHeaderAgent} takes: {@link SendOptions}, and what `http.Agent` takes. */
export type ProxyHeaderAgentOptions = SendOptions & Omit<http.AgentOptions, "family" | "signal">;

/** What {@link ProxyHeaderHttpsAgent} takes: {@link SendOptions}, and what `https.Agent` takes. */
export type ProxyHeaderHttpsAgentOptions = SendOptions & Omit<https.AgentOptions, "family" | "signal">;

type Created = (error: Error | null, socket: Duplex) => void;

/**
 * An agent for `http.request` that sends a PROXY header on each connection that it opens.
 *
 * With `keepAlive` it reuses its connections, all of which carry the same header: use one agent for each source and
 * destination, and never share it between clients.
 *
 * ```ts
 * const agent = new ProxyHeaderAgent({ source: { address: "198.51.100.7", port: 40001 } });
 * http.get("http://10.0.0.5:3000/", { agent });
 * ```
 */
export class ProxyHeaderAgent extends http.Agent {
  readonly #header: SentHeader;
  readonly #dialOptions: DialOptions;

  /** Throws Pp2Error when no header can be made of the options. */
  constructor(options: ProxyHeaderAgentOptions) {
    super(agentOptions(options));
    this.#header = sentHeader(options);
    this.#dialOptions = dialOptions(options);
  }

  override createConnection(request: http.ClientRequestArgs, created?: Created): undefined {
    handOver(dial(targetOf(request), this.#header, this.#dialOptions), created);
  }
}

/** As {@link ProxyHeaderAgent}, for `https.request`. The header goes before the TLS handshake. */
export class ProxyHeaderHttpsAgent extends https.Agent {
  readonly #header: SentHeader;
  readonly #dialOptions: DialOptions;

  /** Throws Pp2Error when no header can be made of the options. */
  constructor(options: ProxyHeaderHttpsAgentOptions) {
    super(agentOptions(options));
    this.#header = sentHeader(options);
    this.#dialOptions = dialOptions(options);
  }

  override createConnection(request: https.RequestOptions, created?: Created): undefined {
    const open = async (): Promise<net.Socket> => {
      const socket = await dial(targetOf(request), this.#header, this.#dialOptions);
      return startTls(socket, request as tls.ConnectionOptions);
    };
    handOver(open(), created);
  }
}

function handOver(opening: Promise<net.Socket>, created: Created | undefined): undefined {
  opening.then(
    (socket) => created?.(null, socket),
    // The agent looks at the error alone.
    (error: Error) => created?.(error, undefined as unknown as Duplex),
  );
}

function targetOf({ host, port, family, localAddress, lookup, socketPath }: http.ClientRequestArgs): DialTarget {
  if (socketPath) return { path: socketPath };
  return {
    host: host ?? "localhost",
    port: Number(port),
    ...(family !== undefined && { family }),
    ...(localAddress !== undefined && { localAddress }),
    ...(lookup && { lookup: lookup as net.LookupFunction }),
  };
}

const dialKeys = ["connectTimeoutMs", "signal", "clock"] as const;

function dialOptions(options: DialOptions): DialOptions {
  return Object.fromEntries(dialKeys.map((key) => [key, options[key]])) as DialOptions;
}

/** `http.Agent` hands its options on to each connection and into its pool's keys, which is no place for ours. */
function agentOptions(options: SendOptions): https.AgentOptions {
  const ours: readonly string[] = [...headerKeys, ...dialKeys];
  return Object.fromEntries(Object.entries(options).filter(([key]) => !ours.includes(key)));
}
