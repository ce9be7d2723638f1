import {
  awsVpcEndpointId,
  azureLinkId,
  type DecodeOptions,
  type DecodeResult,
  decode,
  decodeDatagram,
  gcpPscConnectionId,
  type Header,
  PP2_TYPE_CRC32C,
  PP2_TYPE_UNIQUE_ID,
  ssl,
} from "../src/index.ts";
import { type Outcome, toHex } from "../vectors/runner.js";

/** Decodes with this package and tells the outcome in the vectors' words. */
export function decodeVector(bytes: Uint8Array, options: Record<string, unknown>): Outcome {
  const decodeOptions = toDecodeOptions(options);
  if (options["datagram"]) return toOutcome(decodeDatagram(bytes, decodeOptions), bytes);
  return toOutcome(decode(bytes, decodeOptions), bytes);
}

/** The options of a vector, under this package's names. */
export function toDecodeOptions({ maxHeaderSize, versions, crc, eof }: Record<string, unknown>): DecodeOptions {
  return {
    ...(maxHeaderSize !== undefined && { maxHeaderSize }),
    ...(versions !== undefined && { versions }),
    ...(crc !== undefined && { crc32c: crc }),
    ...(eof !== undefined && { end: eof }),
  } as DecodeOptions;
}

export function toOutcome(result: DecodeResult, bytes: Uint8Array): Outcome {
  if (result.status === "incomplete") return { status: "incomplete", minTotal: result.bytesNeeded };
  if (result.status === "invalid") {
    return { status: "invalid", reason: result.code.slice("PP2_".length).toLowerCase().replaceAll("_", "-") };
  }
  return {
    status: "ok",
    consumed: result.bytesRead,
    fields: { ...headerFields(result.header), ...(result.header.version === 2 && wireFields(result.header, bytes)) },
  };
}

/** What a header of version 2 has in its bytes and this package does not tell. */
function wireFields({ family }: Header, bytes: Uint8Array): Record<string, unknown> {
  const length = { UNSPEC: 0, INET: 4, INET6: 16, UNIX: 108 }[family];
  return { familyByte: bytes[13], srcAddrHex: toHex(bytes.subarray(16, 16 + length)) };
}

function headerFields(header: Header): Record<string, unknown> {
  const hasPorts = header.family !== "UNIX";
  const uniqueId = header.tlv(PP2_TYPE_UNIQUE_ID);
  const tls = ssl(header);
  return {
    version: header.version,
    command: header.command,
    family: header.family,
    transport: header.transport,
    src: header.source?.address ?? null,
    dst: header.destination?.address ?? null,
    srcPort: hasPorts ? (header.source?.port ?? null) : null,
    dstPort: hasPorts ? (header.destination?.port ?? null) : null,
    tlvs: tlvsToHex(header.tlvs),
    crc: header.tlv(PP2_TYPE_CRC32C) === undefined ? "absent" : "valid",
    awsVpcEndpointId: awsVpcEndpointId(header) ?? null,
    azureLinkId: azureLinkId(header) ?? null,
    gcpPscConnectionId: gcpPscConnectionId(header)?.toString() ?? null,
    uniqueIdHex: uniqueId === undefined ? null : toHex(uniqueId),
    ssl:
      tls === undefined
        ? null
        : {
            ...tls,
            version: tls.version ?? null,
            cn: tls.cn ?? null,
            clientCertDerHex: tls.clientCert && toHex(tls.clientCert),
            subTlvs: tlvsToHex(tls.subTlvs),
          },
  };
}

function tlvsToHex(tlvs: Header["tlvs"]): { type: number; valueHex: string }[] {
  return Array.from(tlvs, ({ type, value }) => ({ type, valueHex: toHex(value) }));
}
