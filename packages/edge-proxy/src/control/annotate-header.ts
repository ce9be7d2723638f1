import { SocketAddress } from "node:net";
import { type DecodeResult, decode, type Pp2ErrorCode } from "@edgekit/pp2";
import { annotateTlvs, areWholeTlvs } from "./annotate-tlvs.ts";
import { expectations } from "./header-expectations.ts";
import { byteCount, type HeaderPart, hexByte, part, quoted, quotedText } from "./header-part.ts";

/** A PROXY header, taken apart for people. A header that is wrong is annotated as far as it can be read. */
export interface AnnotatedHeader {
  /** Undefined where the bytes start no header. */
  readonly version?: 1 | 2;
  readonly parts: readonly HeaderPart[];
  /** Bytes of the header; 0 for one that is wrong. */
  readonly length: number;
  /** Bytes that come after it. */
  readonly following: number;
  /** Set where a receiver has to refuse these bytes. */
  readonly problem?: HeaderProblem;
}

export interface HeaderProblem {
  readonly code: Pp2ErrorCode;
  /** Of the byte that decided it. */
  readonly offset: number;
  readonly message: string;
  readonly expected: string;
}

/** Says of each byte of the header at the start of `bytes` what it means. */
export function annotateHeader(bytes: Uint8Array): AnnotatedHeader {
  const result = decode(bytes, { maxHeaderSize: largestHeader });
  const version = startsWith(bytes, signature) ? 2 : startsWith(bytes, latin1("PROXY")) ? 1 : undefined;
  const parts = version === 2 ? annotateV2(bytes, result) : version === 1 ? annotateV1(bytes) : annotateNoHeader(bytes);
  const problem = problemOf(bytes, result);
  const length = result.status === "ok" ? result.bytesRead : 0;
  return {
    ...(version === undefined ? {} : { version }),
    parts,
    length,
    following: result.status === "ok" ? bytes.length - length : 0,
    ...(problem === undefined ? {} : { problem }),
  };
}

const largestHeader = 16 + 0xffff;
const signature = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);

/** Compares as many bytes as there are, and needs at least one. */
function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length > 0 && start.every((byte, i) => i >= bytes.length || bytes[i] === byte);
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

function annotateV2(bytes: Uint8Array, result: DecodeResult): HeaderPart[] {
  const parts = [part(bytes, 0, 12, "signature", "PROXY protocol version 2")];
  const [command, family] = [bytes[12], bytes[13]];
  if (command === undefined) return parts;
  parts.push(part(bytes, 12, 13, "version and command", versionAndCommand(command)));
  if (family === undefined) return parts;
  const isLocal = command === 0x20;
  const skipped = isLocal && family !== 0 ? " (of a LOCAL header, to be ignored)" : "";
  parts.push(part(bytes, 13, 14, "family", `${familyName(family)}${skipped}`));
  if (bytes.length < 16) return bytes.length < 15 ? parts : [...parts, part(bytes, 14, 15, "length", "cut off")];
  const length = ((bytes[14] as number) << 8) | (bytes[15] as number);
  parts.push(part(bytes, 14, 16, "length", `${byteCount(length)} follow`));
  const end = Math.min(16 + length, bytes.length);
  const addresses = isLocal ? undefined : addressBlocks[family >> 4];
  if (addresses === undefined) {
    // Bytes here are TLVs only if whole TLVs fill the rest of the header (PROXY protocol §2.2); a receiver skips any others.
    const areTlvs = result.status === "ok" ? !isEmpty(result.header.tlvs) : areWholeTlvs(bytes, 16, end);
    if (!areTlvs && end > 16) parts.push(part(bytes, 16, end, "ignored", `${byteCount(end - 16)} to be skipped`));
    return areTlvs ? [...parts, ...annotateTlvs(bytes, 16, end)] : parts;
  }
  let at = 16;
  for (const { name, size, read } of addresses) {
    const next = at + size;
    if (next > end) {
      if (end > at) parts.push(part(bytes, at, end, name, `cut off: ${end - at} of ${byteCount(size)}`));
      return parts;
    }
    parts.push(part(bytes, at, next, name, read(bytes.subarray(at, next))));
    at = next;
  }
  return [...parts, ...annotateTlvs(bytes, at, end)];
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false;
  return true;
}

function versionAndCommand(byte: number): string {
  const commands = ["LOCAL: the sender's own connection, such as a health check", "PROXY: a relayed connection"];
  return `version ${byte >> 4}, ${commands[byte & 0x0f] ?? `unknown command ${byte & 0x0f}`}`;
}

function familyName(byte: number): string {
  const family = ["unspecified", "IPv4", "IPv6", "Unix socket"][byte >> 4];
  const transport = ["unspecified", "stream", "datagram"][byte & 0x0f];
  if (family === undefined || transport === undefined) return `unknown: ${hexByte(byte)}`;
  if (byte === 0) return "unspecified";
  const protocol = byte >> 4 === 3 ? transport : { stream: "TCP", datagram: "UDP" }[transport];
  return `${protocol ?? transport} over ${family}`;
}

interface Field {
  readonly name: string;
  readonly size: number;
  readonly read: (bytes: Uint8Array) => string;
}

const port = (bytes: Uint8Array): string => `${((bytes[0] as number) << 8) | (bytes[1] as number)}`;
const ipv4 = (bytes: Uint8Array): string => bytes.join(".");

function ipv6(bytes: Uint8Array): string {
  const groups = Buffer.from(bytes).toString("hex").match(/.{4}/g) ?? [];
  return new SocketAddress({ family: "ipv6", address: groups.join(":") }).address;
}

/** A path ends at its first NUL; an abstract name begins with one. */
function unixPath(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1").replace(/\0+$/, "");
  return text === "" ? "unnamed" : quotedText(text);
}

function block(size: number, read: Field["read"], ports: boolean): Field[] {
  return [
    { name: "source address", size, read },
    { name: "destination address", size, read },
    ...(ports ? [{ name: "source port", size: 2, read: port }] : []),
    ...(ports ? [{ name: "destination port", size: 2, read: port }] : []),
  ];
}

/** By the number of the family (PROXY protocol §2.2). */
const addressBlocks: readonly (Field[] | undefined)[] = [
  undefined,
  block(4, ipv4, true),
  block(16, ipv6, true),
  block(108, unixPath, false),
];

const v1Fields = ["signature", "protocol", "source address", "destination address", "source port", "destination port"];
const v1Limit = 107;

function annotateV1(bytes: Uint8Array): HeaderPart[] {
  const text = Buffer.from(bytes.subarray(0, v1Limit)).toString("latin1");
  const lineEnd = text.indexOf("\r\n");
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const words = line.split(" ");
  const parts: HeaderPart[] = [];
  let at = 0;
  for (const [i, word] of words.entries()) {
    const ignored = i > 1 && words[1] === "UNKNOWN";
    const name = ignored ? "ignored" : (v1Fields[i] ?? "unexpected");
    parts.push(part(bytes, at, at + word.length, name, i === 0 ? "PROXY protocol version 1" : quotedText(word)));
    at += word.length + 1;
  }
  return lineEnd < 0 ? parts : [...parts, part(bytes, lineEnd, lineEnd + 2, "end of line", "CR LF")];
}

/** What stands where a header should be: most often the client's first bytes, because the sender sends no header. */
function annotateNoHeader(bytes: Uint8Array): HeaderPart[] {
  if (bytes.length === 0) return [];
  const shown = bytes.subarray(0, 16);
  const text = Buffer.from(shown).toString("latin1");
  const isTls = bytes[0] === 0x16 && bytes[1] === 0x03;
  const isHttp = /^[A-Z]{3,10} [/*]|^PRI \*|^HTTP\/1/.test(text);
  const what = isTls ? "a TLS handshake" : isHttp ? "HTTP" : text.startsWith("SSH-") ? "SSH" : quoted(shown);
  return [part(bytes, 0, shown.length, "no header", what)];
}

function problemOf(bytes: Uint8Array, result: DecodeResult): HeaderProblem | undefined {
  if (result.status === "ok") return undefined;
  if (result.status === "invalid") {
    const { code, offset, message } = result;
    return { code, offset, message, expected: expectations[code] };
  }
  return {
    code: "PP2_TRUNCATED",
    offset: bytes.length,
    message: `truncated: byte ${bytes.length}`,
    expected: `${byteCount(result.bytesNeeded)} at least; ${bytes.length} came`,
  };
}
