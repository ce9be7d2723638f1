import net from "node:net";
import { admit, type CancelAdmission, type Verdict } from "./admission.ts";
import { callSafely } from "./callbacks.ts";
import { ConnectionListeners } from "./connection-listeners.ts";
import { isQuiet, newCounters, type ProxyCounters } from "./counters.ts";
import { rememberSessions } from "./http2-sessions.ts";
import {
  callback,
  defaultMaxPending,
  type ProxyProtocolOptions,
  type ReceiveSettings,
  receiveSettings,
  wholeNumber,
} from "./options.ts";
import { endPendingOnClose } from "./server-close.ts";
import { followTlsSockets } from "./tls-sockets.ts";
import { type Place, WaitingLine } from "./waiting-line.ts";

/** What {@link proxyProtocol} gives back. */
export interface ProxyProtocolHandle extends Disposable {
  readonly counters: Readonly<ProxyCounters>;
  /** How many connections wait for their header now. */
  readonly pending: number;
  /** Makes the server an ordinary one again. Connections that wait for their header are closed, others live on. */
  detach(): void;
}

const attached = new WeakSet<net.Server>();

/**
 * Makes a server expect a PROXY header, v1 or v2, at the start of each connection, before TLS and HTTP.
 *
 * Works on servers of `net`, `tls`, `http`, `https` and `http2` (plain and secure), before or after `listen`. The
 * application's listeners are called when the header has been read; the socket, and the TLS socket or HTTP request on
 * top of it, report the client's `remoteAddress`, `remotePort` and `remoteFamily`. Ask {@link proxyInfo} for the rest.
 * `server.close()` and `closeAllConnections()` also end connections that still wait for their header.
 *
 * Connections with command LOCAL (health checks) or without IP addresses keep the addresses that they really have.
 *
 * @throws TypeError or RangeError when an option is missing or wrong, or the server expects a header already.
 *
 * ```ts
 * const server = http.createServer((req, res) => res.end(`you are ${req.socket.remoteAddress}\n`));
 * proxyProtocol(server, { trusted: ["10.0.0.0/8"] });
 * server.listen(8080);
 * ```
 */
export function proxyProtocol(server: net.Server, options: ProxyProtocolOptions): ProxyProtocolHandle {
  return new Gate(server, options);
}

class Gate implements ProxyProtocolHandle {
  readonly counters: ProxyCounters = newCounters();
  readonly #server: net.Server;
  readonly #settings: ReceiveSettings;
  readonly #passUntrusted: boolean;
  readonly #maxPending: number;
  readonly #onHeader: ProxyProtocolOptions["onHeader"];
  readonly #onReject: ProxyProtocolOptions["onReject"];
  readonly #listeners: ConnectionListeners;
  readonly #detachers: readonly (() => void)[];
  readonly #pending = new WaitingLine<CancelAdmission>();

  constructor(server: net.Server, options: ProxyProtocolOptions) {
    this.#server = server;
    this.#settings = receiveSettings(options);
    const { untrusted = "drop", maxPending = defaultMaxPending } = options;
    if (untrusted !== "drop" && untrusted !== "passthrough") {
      throw new TypeError(`"untrusted" is ${JSON.stringify(untrusted)}, which is neither "drop" nor "passthrough"`);
    }
    this.#passUntrusted = untrusted === "passthrough";
    this.#maxPending = wholeNumber("maxPending", maxPending, 1, Number.MAX_SAFE_INTEGER);
    this.#onHeader = callback("onHeader", options.onHeader);
    this.#onReject = callback("onReject", options.onReject);
    if (!(server instanceof net.Server)) {
      throw new TypeError(
        "not a net.Server, as the http and https servers of Bun are none: no connection could be held back",
      );
    }
    if (attached.has(server)) throw new TypeError("this server expects a PROXY header already");

    const unfollow = followTlsSockets(server, this.#settings.overrideLocal);
    attached.add(server);
    this.#listeners = new ConnectionListeners(server, (socket) => this.#accept(socket));
    this.#detachers = [
      unfollow,
      rememberSessions(server),
      endPendingOnClose(server, () => this.#endPending("the server was closed")),
      () => this.#listeners.restore(),
      () => attached.delete(server),
    ];
  }

  get pending(): number {
    return this.#pending.length;
  }

  detach(): void {
    if (!attached.has(this.#server)) return;
    for (const detach of this.#detachers) detach();
    this.#endPending("the server expects no header any more");
  }

  [Symbol.dispose](): void {
    this.detach();
  }

  #accept(socket: net.Socket): void {
    let place: Place<CancelAdmission> | undefined;
    const cancel = admit(socket, this.#settings, this.#passUntrusted, (verdict) => {
      if (place) this.#pending.leave(place);
      this.#conclude(socket, verdict);
    });
    if (!cancel) return;
    place = this.#pending.join(cancel);
    if (this.#pending.length <= this.#maxPending) return;
    this.#pending.first?.(
      "tooManyPending",
      "PP2_TOO_MANY_PENDING",
      `more than ${this.#maxPending} connections wait for a header`,
    );
  }

  #conclude(socket: net.Socket, verdict: Verdict): void {
    const { counters } = this;
    if (verdict.kind === "rejected") {
      const { rejection } = verdict;
      const { reason } = rejection;
      if (isQuiet(reason)) counters[reason] += 1;
      else {
        counters.rejected[reason] += 1;
        this.#tell("onReject", () => this.#onReject?.(rejection));
      }
      return;
    }
    if (verdict.kind === "accepted") {
      const { info } = verdict;
      counters.accepted += 1;
      if (info.header.command === "LOCAL") counters.local += 1;
      if (verdict.secondHeader) counters.secondHeaders += 1;
      this.#tell("onHeader", () => this.#onHeader?.(info, socket));
    } else {
      counters.passedThrough += 1;
    }
    // The callback may have destroyed it.
    if (!socket.destroyed) this.#listeners.call(socket);
  }

  #tell(option: "onHeader" | "onReject", call: () => void): void {
    if (!callSafely(option, call).ok) this.counters.callbackErrors += 1;
  }

  #endPending(message: string): void {
    for (const cancel of this.#pending.toArray()) cancel("closed", "PP2_CLOSED", message);
  }
}
