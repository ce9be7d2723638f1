import { channel } from "node:diagnostics_channel";
import type net from "node:net";
import type { ProxyInfo } from "./info.ts";
import type { Rejection } from "./rejection.ts";

/** The message of the diagnostics channel `edgekit:pp2:header`: a connection with a good header. */
export interface HeaderEvent {
  readonly socket: net.Socket;
  readonly info: ProxyInfo;
}

/** The message of the diagnostics channel `edgekit:pp2:reject`: a connection that was turned away. */
export interface RejectEvent {
  readonly socket: net.Socket;
  readonly rejection: Rejection;
}

/** The message of the diagnostics channel `edgekit:pp2:second-header`: the payload begins with a header again. */
export interface SecondHeaderEvent {
  readonly socket: net.Socket;
  readonly info: ProxyInfo;
}

/** The message of the diagnostics channel `edgekit:pp2:callback-error`: one of the options' functions threw. */
export interface CallbackErrorEvent {
  readonly option: "trusted" | "validate" | "onHeader" | "onReject";
  readonly error: unknown;
}

const headerChannel = channel("edgekit:pp2:header");
const rejectChannel = channel("edgekit:pp2:reject");
const secondHeaderChannel = channel("edgekit:pp2:second-header");
const callbackErrorChannel = channel("edgekit:pp2:callback-error");

// Without a subscriber nothing is built and nothing is published.
export function publishHeader(socket: net.Socket, info: ProxyInfo): void {
  if (headerChannel.hasSubscribers) headerChannel.publish({ socket, info } satisfies HeaderEvent);
}

export function publishReject(socket: net.Socket, rejection: Rejection): void {
  if (rejectChannel.hasSubscribers) rejectChannel.publish({ socket, rejection } satisfies RejectEvent);
}

export function publishSecondHeader(socket: net.Socket, info: ProxyInfo): void {
  if (secondHeaderChannel.hasSubscribers) {
    secondHeaderChannel.publish({ socket, info } satisfies SecondHeaderEvent);
  }
}

export function publishCallbackError(option: CallbackErrorEvent["option"], error: unknown): void {
  if (callbackErrorChannel.hasSubscribers) {
    callbackErrorChannel.publish({ option, error } satisfies CallbackErrorEvent);
  }
}
