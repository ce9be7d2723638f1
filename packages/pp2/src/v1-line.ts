import { formatIPv4, formatIPv6Hex, IPV4_LENGTH, IPV6_LENGTH } from "./address.ts";
import { readUint16 } from "./big-endian.ts";
import { Pp2Error } from "./errors.ts";
import type { HeaderInit } from "./header-init.ts";
import { resolveAddresses } from "./layout.ts";

/** The version 1 line for `init`, CRLF included (PROXY protocol §2.1). Pp2Error for what a line cannot say. */
export function formatV1(init: HeaderInit): string {
  const { transport = "STREAM", tlvs = [], awsVpcEndpointId, crc32c, padTo } = init;
  if ([...tlvs].length > 0 || awsVpcEndpointId !== undefined || crc32c || padTo !== undefined) {
    throw new Pp2Error("PP2_NOT_IN_VERSION_1", "version 1 has no TLVs");
  }
  const { family, bytes } = resolveAddresses(init).addresses;
  if (family === "UNIX" || (family !== "UNSPEC" && transport !== "STREAM")) {
    throw new Pp2Error("PP2_NOT_IN_VERSION_1", "version 1 knows TCP over IPv4 and IPv6 only");
  }
  if (family === "UNSPEC") return "PROXY UNKNOWN\r\n";
  const isIPv4 = family === "INET";
  const length = isIPv4 ? IPV4_LENGTH : IPV6_LENGTH;
  const format = isIPv4 ? formatIPv4 : formatIPv6Hex;
  const addresses = `${format(bytes, 0)} ${format(bytes, length)}`;
  const ports = `${readUint16(bytes, 2 * length)} ${readUint16(bytes, 2 * length + 2)}`;
  return `PROXY ${isIPv4 ? "TCP4" : "TCP6"} ${addresses} ${ports}\r\n`;
}
