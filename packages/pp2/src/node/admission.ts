import type net from "node:net";
import { type Endpoint, type Header, HeaderView, STATUS_INVALID } from "../index.ts";
import { callSafely } from "./callbacks.ts";
import { isQuiet } from "./counters.ts";
import { publishHeader, publishReject, publishSecondHeader } from "./events.ts";
import { readHeader } from "./header-reader.ts";
import type { ProxyInfo } from "./info.ts";
import type { ReceiveSettings } from "./options.ts";
import { namesAddresses, overrideAddresses } from "./override.ts";
import type { Rejection, RejectReason } from "./rejection.ts";
import { unixPeerAddress } from "./trust.ts";

// A v2 header has 16 bytes at least; the shortest v1 line that can matter is longer.
const shortestHeaderBytes = 16;

/** For all connections; unlike `decode` it writes no message. */
const payloadView = new HeaderView();

/** What became of an accepted socket. */
export type Verdict =
  /** Its addresses are the client's from now on, and its stream begins after the header. */
  | { readonly kind: "accepted"; readonly info: ProxyInfo; readonly secondHeader: boolean }
  /** Its peer is not trusted and `passUntrusted` is set; nothing was read. */
  | { readonly kind: "untrusted" }
  /** It is destroyed. */
  | { readonly kind: "rejected"; readonly rejection: Rejection };

/** Ends a pending admission with a rejection. */
export type CancelAdmission = (reason: RejectReason, code: string, message: string, cause?: unknown) => void;

/**
 * Takes an accepted socket through all that stands between it and the application: is it alive, is its peer trusted,
 * does it send a good header in time, is that header wanted.
 *
 * @param done Called exactly once; before this function returns when no header had to be awaited.
 * @returns How to end the waiting, or undefined when there was none.
 */
export function admit(
  socket: net.Socket,
  settings: ReceiveSettings,
  passUntrusted: boolean,
  done: (verdict: Verdict) => void,
): CancelAdmission | undefined {
  // Never removed: between our listeners and the application's, and after an application that has none, a RST would
  // otherwise end the process.
  socket.on("error", ignoreError);

  const peer = peerOf(socket);
  const reject = (rejection: Omit<Rejection, "peer">): void => {
    socket.destroy();
    const whole = { ...rejection, peer };
    // Health checks and port scans would drown everything else.
    if (!isQuiet(rejection.reason)) publishReject(socket, whole);
    done({ kind: "rejected", rejection: whole });
  };
  if (!peer) {
    reject({ reason: "deadOnArrival", code: "PP2_DEAD_ON_ARRIVAL", message: "reset before accept", bytesReceived: 0 });
    return undefined;
  }
  if (!trusts(settings, peer)) {
    const message = `${peer.address} is not trusted`;
    if (passUntrusted) done({ kind: "untrusted" });
    else reject({ reason: "untrusted", code: "PP2_UNTRUSTED", message, bytesReceived: 0 });
    return undefined;
  }
  return readHeader(socket, settings, (outcome) => {
    if (outcome.status === "failed") return reject(outcome.failure);
    const { header, rest, bytesReceived } = outcome;
    const refusal = refusalOf(header, peer, settings);
    if (refusal) return reject({ reason: "refused", code: "PP2_REFUSED", ...refusal, bytesReceived });
    const client = header.source && namesAddresses(header) ? header.source : peer;
    const info: ProxyInfo = { header, peer, client };
    overrideAddresses(socket, info, settings.overrideLocal);
    publishHeader(socket, info);
    const secondHeader = looksLikeHeader(rest);
    if (secondHeader) publishSecondHeader(socket, info);
    done({ kind: "accepted", info, secondHeader });
  });
}

function ignoreError(): void {}

/** Read once, at accept: a peer that resets takes its address away (nodejs/node#23858). */
function peerOf(socket: net.Socket): Endpoint | undefined {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress !== undefined && remotePort !== undefined) return { address: remoteAddress, port: remotePort };
  // On a Unix domain socket neither end has an address; on a TCP connection that was reset, ours still has.
  const unix = !socket.destroyed && socket.localAddress === undefined;
  return unix ? { address: unixPeerAddress, port: 0 } : undefined;
}

function trusts(settings: ReceiveSettings, peer: Endpoint): boolean {
  const answer = callSafely("trusted", () => settings.trusts(peer));
  return answer.ok && answer.value === true;
}

function refusalOf(
  header: Header,
  peer: Endpoint,
  { validate }: ReceiveSettings,
): Pick<Rejection, "message" | "cause"> | undefined {
  if (!validate) return undefined;
  const answer = callSafely("validate", () => validate(header, peer));
  if (!answer.ok) return { message: "validate threw", cause: answer.error };
  // A promise would be truthy.
  return answer.value === true ? undefined : { message: "validate did not return true" };
}

/** A load balancer that does not remove the header of its client puts its own in front of it. */
function looksLikeHeader(payload: Uint8Array): boolean {
  if (payload.length < shortestHeaderBytes) return false;
  const status = payloadView.decode(payload);
  payloadView.release();
  return status !== STATUS_INVALID;
}
