import {
  awsVpcEndpointId,
  azureLinkId,
  crc32c,
  gcpPscConnectionId,
  PP2_TYPE_ALPN,
  PP2_TYPE_AUTHORITY,
  PP2_TYPE_AWS,
  PP2_TYPE_AZURE,
  PP2_TYPE_CRC32C,
  PP2_TYPE_GCP,
  PP2_TYPE_NETNS,
  PP2_TYPE_NOOP,
  PP2_TYPE_SSL,
  PP2_TYPE_UNIQUE_ID,
} from "@edgekit/pp2";
import { byteCount, type HeaderPart, hexByte, part, quoted } from "./header-part.ts";

/** A type and a length. */
const overhead = 3;

/** The TLVs in `bytes[start, end)`, which is how far the header goes. One that does not fit is the last. */
export function annotateTlvs(bytes: Uint8Array, start: number, end: number): HeaderPart[] {
  return walk(bytes, start, end, 0, (type) => tlvNames[type] ?? range(type), annotateValue);
}

/** Whether the TLVs in `bytes[start, end)` are all there and end where the header ends. */
export function areWholeTlvs(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at + overhead <= end) at += overhead + lengthAt(bytes, at);
  return at === end;
}

/** Annotates the value in `bytes[start, end)` of a TLV of some type; the header goes on to `headerEnd`. */
type AnnotateValue = (
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  level: number,
  headerEnd: number,
) => HeaderPart[];

function walk(
  bytes: Uint8Array,
  start: number,
  end: number,
  level: number,
  nameOf: (type: number) => string,
  annotate: AnnotateValue,
): HeaderPart[] {
  const parts: HeaderPart[] = [];
  for (let at = start; at < end; ) {
    const left = end - at - overhead;
    if (left < 0) {
      const value = `${byteCount(end - at)}, where a type and a length take 3`;
      return [...parts, part(bytes, at, end, "broken TLV", value, level)];
    }
    const type = bytes[at] as number;
    const name = `TLV ${hexByte(type)} ${nameOf(type)}`;
    const length = lengthAt(bytes, at);
    const valueAt = at + overhead;
    if (length > left) {
      parts.push(part(bytes, at, valueAt, name, `says ${byteCount(length)}, but ${left} are left`, level));
      if (left > 0) parts.push(part(bytes, valueAt, end, "value", "cut off", level + 1));
      return parts;
    }
    parts.push(part(bytes, at, valueAt, name, byteCount(length), level));
    at = valueAt + length;
    parts.push(...annotate(type, bytes, valueAt, at, level + 1, end));
  }
  return parts;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
}

const tlvNames: Readonly<Record<number, string>> = {
  [PP2_TYPE_ALPN]: "ALPN",
  [PP2_TYPE_AUTHORITY]: "AUTHORITY (host name)",
  [PP2_TYPE_CRC32C]: "CRC32C",
  [PP2_TYPE_NOOP]: "NOOP",
  [PP2_TYPE_UNIQUE_ID]: "UNIQUE_ID",
  [PP2_TYPE_SSL]: "SSL",
  [PP2_TYPE_NETNS]: "NETNS",
  [PP2_TYPE_GCP]: "Google Cloud",
  [PP2_TYPE_AWS]: "AWS",
  [PP2_TYPE_AZURE]: "Azure",
};

/** PROXY protocol §2.2.8 and after. */
function range(type: number): string {
  if (type >= 0xf8) return "(reserved for the future)";
  if (type >= 0xf0) return "(for experiments)";
  return type >= 0xe0 ? "(for applications)" : "(unassigned)";
}

const annotateValue: AnnotateValue = (type, bytes, start, end, level, headerEnd) => {
  if (start === end) return [];
  const whole = bytes.subarray(start, end);
  const one = (name: string, value: string): HeaderPart[] => [part(bytes, start, end, name, value, level)];
  const source = { tlv: (wanted: number): Uint8Array | undefined => (wanted === type ? whole : undefined) };
  const afterSubtype = (subtype: string, name: string, value: string): HeaderPart[] => [
    part(bytes, start, start + 1, "subtype", `${hexByte(whole[0] as number)} ${subtype}`, level),
    part(bytes, start + 1, end, name, value, level),
  ];
  switch (type) {
    case PP2_TYPE_CRC32C:
      return one("checksum", checksum(bytes, start, end, headerEnd));
    case PP2_TYPE_NOOP:
      return one("padding", "to be ignored");
    case PP2_TYPE_ALPN:
    case PP2_TYPE_AUTHORITY:
    case PP2_TYPE_NETNS:
    case PP2_TYPE_UNIQUE_ID:
      return one("text", quoted(whole));
    case PP2_TYPE_SSL:
      return annotateSsl(bytes, start, end, level);
    case PP2_TYPE_GCP: {
      const id = gcpPscConnectionId(source);
      if (id !== undefined) return one("Private Service Connect id", `${id}`);
      break;
    }
    case PP2_TYPE_AWS: {
      const id = awsVpcEndpointId(source);
      if (id !== undefined) return afterSubtype("VPC endpoint", "id", id);
      break;
    }
    case PP2_TYPE_AZURE: {
      const id = azureLinkId(source);
      if (id !== undefined) return afterSubtype("private endpoint", "LinkID (little-endian)", `${id}`);
      break;
    }
  }
  return one("value", quoted(whole));
};

/** Over the whole header, the field itself as zeros (PROXY protocol §2.2.3). */
function checksum(bytes: Uint8Array, start: number, end: number, headerEnd: number): string {
  if (end - start !== 4) return `${byteCount(end - start)}, where a CRC32C has 4`;
  // Not slice: that of a Buffer copies nothing.
  const header = new Uint8Array(bytes.subarray(0, headerEnd));
  header.fill(0, start, end);
  const right = crc32c(header);
  const sent = Buffer.from(bytes.subarray(start, end)).readUInt32BE(0);
  return sent === right ? "ok" : `wrong: these bytes would have 0x${right.toString(16).padStart(8, "0")}`;
}

/** PROXY protocol §2.2.6. */
function annotateSsl(bytes: Uint8Array, start: number, end: number, level: number): HeaderPart[] {
  if (end - start < 5) return [part(bytes, start, end, "broken", `${byteCount(end - start)}, of 5 at least`, level)];
  const client = bytes[start] as number;
  const flags = sslFlags.filter((_, bit) => (client & (1 << bit)) !== 0);
  const verify = Buffer.from(bytes.subarray(start + 1, start + 5)).readUInt32BE(0);
  return [
    part(bytes, start, start + 1, "client", flags.join(", ") || "no TLS", level),
    part(bytes, start + 1, start + 5, "verify", verify === 0 ? "0: no fault found" : `${verify}: not verified`, level),
    ...walk(
      bytes,
      start + 5,
      end,
      level,
      (type) => sslNames[type - firstSslType] ?? "(unassigned)",
      (type, _, valueAt, valueEnd, deeper) =>
        valueAt === valueEnd
          ? []
          : [part(bytes, valueAt, valueEnd, "value", sslValue(type, bytes.subarray(valueAt, valueEnd)), deeper)],
    ),
  ];
}

const sslFlags = ["over TLS", "certificate on this connection", "certificate in this session"];
const firstSslType = 0x21;
const sslNames = ["VERSION", "CN", "CIPHER", "SIG_ALG", "KEY_ALG", "GROUP", "SIG_SCHEME", "CLIENT_CERT"];

function sslValue(type: number, value: Uint8Array): string {
  return sslNames[type - firstSslType] === "CLIENT_CERT" ? "certificate (DER)" : quoted(value);
}
