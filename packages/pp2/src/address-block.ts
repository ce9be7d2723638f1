import { IPV4_LENGTH, IPV6_LENGTH, parseIPv4, parseIPv6, parseUnix } from "./address.ts";
import { writeUint16 } from "./big-endian.ts";
import { UNIX_ADDRESS_LENGTH } from "./constants.ts";
import { Pp2Error } from "./errors.ts";
import type { Endpoint, Family } from "./header.ts";

/** Addresses and ports as they go on the wire. */
export interface AddressBlock {
  readonly family: Family;
  readonly bytes: Uint8Array;
}

export const NO_ADDRESSES: AddressBlock = { family: "UNSPEC", bytes: new Uint8Array(0) };

/** Both addresses in one family: the wanted one, else the smallest that has room for both. */
export function addressBlock(source: Endpoint, destination: Endpoint, wanted: Family | undefined): AddressBlock {
  const family = wanted ?? commonFamily(source.address, destination.address);
  if (family === "UNIX") return unixBlock(source, destination);
  const length = family === "INET" ? IPV4_LENGTH : IPV6_LENGTH;
  const bytes = new Uint8Array(2 * length + 4);
  writeAddress(family, source.address, bytes, 0);
  writeAddress(family, destination.address, bytes, length);
  writeUint16(bytes, 2 * length, checkedPort(source.port));
  writeUint16(bytes, 2 * length + 2, checkedPort(destination.port));
  return { family, bytes };
}

/** Writes the 4 or 16 bytes of `address`; Pp2Error when it is not of that family and cannot be promoted to it. */
export function writeAddress(family: Family, address: string, into: Uint8Array, at: number): void {
  if (typeof address === "string") {
    if (family === "INET" ? parseIPv4(address, into, at) : parseIPv6(address, into, at)) return;
    if (family === "INET6" && parseIPv4(address, into, at + 12)) {
      // ::ffff:0:0/96 (RFC 4291 §2.5.5.2).
      into.fill(0, at, at + 10);
      into[at + 10] = 0xff;
      into[at + 11] = 0xff;
      return;
    }
  }
  throw new Pp2Error("PP2_INVALID_ADDRESS", `not an address of family ${family}: ${JSON.stringify(address)}`);
}

export function checkedPort(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= 0xffff) return port;
  throw new Pp2Error("PP2_INVALID_PORT", `a port is a whole number from 0 to 65535, not ${port}`);
}

function commonFamily(source: string, destination: string): Family {
  if (isUnixPath(source) && isUnixPath(destination)) return "UNIX";
  const scratch = new Uint8Array(IPV4_LENGTH);
  return parseIPv4(String(source), scratch, 0) && parseIPv4(String(destination), scratch, 0) ? "INET" : "INET6";
}

function isUnixPath(address: string): boolean {
  return address[0] === "/" || address[0] === "\0";
}

function unixBlock(source: Endpoint, destination: Endpoint): AddressBlock {
  const bytes = new Uint8Array(2 * UNIX_ADDRESS_LENGTH);
  [source, destination].forEach(({ address, port }, index) => {
    if (port) throw new Pp2Error("PP2_INVALID_PORT", "the port of a UNIX address is 0");
    if (typeof address !== "string" || !parseUnix(address, bytes, index * UNIX_ADDRESS_LENGTH)) {
      throw new Pp2Error(
        "PP2_INVALID_ADDRESS",
        `a UNIX address has at most 108 characters, each one byte (latin-1), and none of them NUL at its end: ${JSON.stringify(address)}`,
      );
    }
  });
  return { family: "UNIX", bytes };
}
