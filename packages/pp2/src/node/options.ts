import type net from "node:net";
import { type DecodeOptions, type Endpoint, type Header, HeaderDecoder } from "../index.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { ProxyInfo } from "./info.ts";
import type { Rejection } from "./rejection.ts";
import { compileTrust, type Trusted } from "./trust.ts";

/** What every way of receiving headers takes. */
export interface ReceiveOptions extends Omit<DecodeOptions, "end"> {
  /**
   * Who may send PROXY headers. Required: whoever may, may claim any client address.
   * See {@link Trusted} for what can be written.
   */
  readonly trusted: Trusted;
  /**
   * How long after accept a complete header may take, in ms; 1 to 2147483647, default 5000. One absolute deadline:
   * bytes that trickle in do not extend it. Below 3000 a header whose first packet is lost once may be cut off,
   * since that is how long a TCP retransmission may take (PROXY protocol specification, section 2).
   */
  readonly headerTimeoutMs?: number;
  /**
   * A last word on a decoded header, for example to insist on a VPC endpoint. Only `true` accepts. It is asked about
   * LOCAL headers, the load balancer's health checks, as well. An exception refuses the connection, and never reaches
   * the process.
   */
  readonly validate?: (header: Header, peer: Endpoint) => boolean;
  /** Whether `localAddress`, `localPort` and `localFamily` become the header's destination as well. Default false. */
  readonly overrideLocal?: boolean;
  /** Where deadlines come from, for tests. Default: the process's timers. */
  readonly clock?: Clock;
}

/** What {@link proxyProtocol} takes. */
export interface ProxyProtocolOptions extends ReceiveOptions {
  /**
   * What happens to peers that `trusted` does not name. `"drop"`, the default, closes their connections unread.
   * `"passthrough"` serves them as ordinary clients under their own address, none of their bytes taken as a header.
   */
  readonly untrusted?: "drop" | "passthrough";
  /**
   * How many connections may wait for their header, at least 1, default 10000. When one more comes, the one that has
   * waited longest is dropped: a flood of silent connections then pushes itself out, not the clients that speak.
   */
  readonly maxPending?: number;
  /** Told of each connection that is about to reach the application. Exceptions are counted, nothing more. */
  readonly onHeader?: (info: ProxyInfo, socket: net.Socket) => void;
  /** Told of each connection that is turned away, `empty` and `deadOnArrival` ones excepted. Exceptions are counted, nothing more. */
  readonly onReject?: (rejection: Rejection) => void;
}

/** {@link ReceiveOptions}, checked and with every default filled in. */
export interface ReceiveSettings {
  readonly trusts: (peer: Endpoint) => boolean;
  readonly headerTimeoutMs: number;
  readonly decode: DecodeOptions;
  readonly validate: ((header: Header, peer: Endpoint) => boolean) | undefined;
  readonly overrideLocal: boolean;
  readonly clock: Clock;
}

const defaultHeaderTimeoutMs = 5_000;
export const defaultMaxPending = 10_000;

/**
 * Checks receive options once, so that a mistake shows when the server is set up and not when a client connects.
 *
 * @throws TypeError or RangeError that names the option.
 */
export function receiveSettings(options: ReceiveOptions): ReceiveSettings {
  const { versions, maxHeaderSize, crc32c, headerTimeoutMs = defaultHeaderTimeoutMs } = options ?? {};
  const decode: DecodeOptions = {
    ...(versions && { versions }),
    ...(maxHeaderSize !== undefined && { maxHeaderSize }),
    ...(crc32c && { crc32c }),
  };
  // The decoder checks its own options.
  new HeaderDecoder(decode);
  return {
    trusts: compileTrust(options?.trusted),
    headerTimeoutMs: wholeNumber("headerTimeoutMs", headerTimeoutMs, 1, 2 ** 31 - 1),
    decode,
    validate: callback("validate", options.validate),
    overrideLocal: options.overrideLocal ?? false,
    clock: options.clock ?? systemClock,
  };
}

export function wholeNumber(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`"${name}" is ${String(value)}, which is no whole number from ${min} to ${max}`);
}

export function callback<T>(name: string, value: T | undefined): T | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new TypeError(`"${name}" is no function`);
}
