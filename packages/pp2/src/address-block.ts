import { parseIPv4, parseIPv6, parseUnix } from "./address.ts";
import { writeUint16 } from "./big-endian.ts";
import { IPV4_LENGTH, IPV6_LENGTH, UNIX_ADDRESS_LENGTH } from "./constants.ts";
import { refuse } from "./errors.ts";
import type { Endpoint, Family } from "./header.ts";

/** Addresses and ports as they go on the wire. */
export interface AddressBlock {
  readonly family: Family;
  readonly bytes: Uint8Array;
}

/** Both addresses in one family: the wanted one, else the smallest that has room for both. */
export function addressBlock(source: Endpoint, destination: Endpoint, wanted: Family | undefined): AddressBlock {
  const family = wanted ?? commonFamily(source.address, destination.address);
  const length = family === "UNIX" ? UNIX_ADDRESS_LENGTH : family === "INET" ? IPV4_LENGTH : IPV6_LENGTH;
  const bytes = new Uint8Array(2 * length + (family === "UNIX" ? 0 : 4));
  writeAddress(family, source.address, bytes, 0);
  writeAddress(family, destination.address, bytes, length);
  if (family === "UNIX") {
    if (source.port || destination.port) refuse("PP2_INVALID_PORT", source.port || destination.port);
  } else {
    writeUint16(bytes, 2 * length, checkedPort(source.port));
    writeUint16(bytes, 2 * length + 2, checkedPort(destination.port));
  }
  return { family, bytes };
}

/** Writes the bytes of `address`; Pp2Error when it is not of that family and cannot be promoted to it. */
export function writeAddress(family: Family, address: string, into: Uint8Array, at: number): void {
  const parse = family === "INET" ? parseIPv4 : family === "INET6" ? parsePromoted : parseUnix;
  if (typeof address !== "string" || !parse(address, into, at)) refuse("PP2_INVALID_ADDRESS", address);
}

export function checkedPort(port: number): number {
  return (port & 0xffff) === port ? port : refuse("PP2_INVALID_PORT", port);
}

/** IPv4 becomes IPv4-mapped, ::ffff:0:0/96 (RFC 4291 §2.5.5.2). */
function parsePromoted(address: string, into: Uint8Array, at: number): boolean {
  return parseIPv6(address.includes(":") ? address : `::ffff:${address}`, into, at);
}

/** Of what is no address at all, any: it is refused when it is read. */
function commonFamily(source: string, destination: string): Family {
  if (isPath(source) && isPath(destination)) return "UNIX";
  return `${source}${destination}`.includes(":") ? "INET6" : "INET";
}

function isPath(address: string): boolean {
  return address?.[0] === "/" || address?.[0] === "\0";
}
