import { formatIPv4, formatIPv6 } from "./address.ts";
import { readUint16 } from "./big-endian.ts";
import { IPV4_LENGTH, IPV6_LENGTH } from "./constants.ts";
import { refuse } from "./errors.ts";
import type { HeaderInit } from "./header-init.ts";
import { resolveAddresses } from "./layout.ts";

/** The version 1 line for `init`, CRLF included (PROXY protocol §2.1). Pp2Error for what a line cannot say. */
export function formatV1(init: HeaderInit): string {
  const { transport = "STREAM", tlvs = [], awsVpcEndpointId, crc32c, padTo } = init;
  const { family, bytes } = resolveAddresses(init).addresses;
  const hasTlvs = [...tlvs].length > 0 || awsVpcEndpointId !== undefined || crc32c || padTo !== undefined;
  if (hasTlvs || family === "UNIX" || (family !== "UNSPEC" && transport !== "STREAM")) {
    refuse("PP2_NOT_IN_VERSION_1", hasTlvs ? "TLVs" : `${family} ${transport}`);
  }
  if (family === "UNSPEC") return "PROXY UNKNOWN\r\n";
  const length = family === "INET" ? IPV4_LENGTH : IPV6_LENGTH;
  // Hexadecimal groups only (§2.1), so a mapped address has no dots here.
  const address = (at: number): string => (family === "INET" ? formatIPv4(bytes, at) : formatIPv6(bytes, at, false));
  const ports = `${readUint16(bytes, 2 * length)} ${readUint16(bytes, 2 * length + 2)}`;
  return `PROXY TCP${family === "INET" ? 4 : 6} ${address(0)} ${address(length)} ${ports}\r\n`;
}
