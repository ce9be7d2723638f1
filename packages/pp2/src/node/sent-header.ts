import type net from "node:net";
import { encode, type HeaderInit } from "../index.ts";

/** Gives the bytes of a header for a connection that stands. */
export type SentHeader = (socket: net.Socket) => Uint8Array;

export const headerKeys: readonly (keyof HeaderInit)[] = [
  "version",
  "command",
  "family",
  "transport",
  "source",
  "destination",
  "tlvs",
  "awsVpcEndpointId",
  "crc32c",
  "padTo",
];

/**
 * Takes the header's part out of options that hold more than that. A `source` without a `destination` gets the address
 * that the connection goes to.
 *
 * @throws Pp2Error at once when no header can be made of it.
 */
export function sentHeader(options: HeaderInit): SentHeader {
  const given = Object.fromEntries(headerKeys.map((key) => [key, options[key]]));
  const init = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as HeaderInit;
  // An iterable may give its TLVs only once, and an agent opens many connections.
  const lasting: HeaderInit = init.tlvs ? { ...init, tlvs: [...init.tlvs] } : init;
  if (!lasting.source || lasting.destination) {
    const bytes = encode(lasting);
    return () => bytes;
  }
  encode({ ...lasting, destination: lasting.source });
  return ({ remoteAddress = "", remotePort = 0 }) =>
    encode({ ...lasting, destination: { address: remoteAddress, port: remotePort } });
}
