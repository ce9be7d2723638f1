import { open } from "node:fs/promises";
import { type AnnotatedHeader, annotateHeader } from "../control/annotate-header.ts";
import { byteCount, quoted } from "../control/header-part.ts";
import { EdgeProxyError, systemReason } from "../error.ts";
import { headerTable } from "./header-table.ts";
import { parseHexText } from "./hex-text.ts";
import { exitCodes, print, printError, printJson } from "./output.ts";
import { styleFor } from "./style.ts";

export interface DecodeCommandOptions {
  readonly json?: boolean;
  readonly binary?: boolean;
}

/** `edge-proxy decode [FILE]` */
export async function decode(file: string, { json = false, binary = false }: DecodeCommandOptions): Promise<void> {
  if (file === "-" && process.stdin.isTTY) printError("Hexadecimal, please; Ctrl-D ends it.\n");
  const { bytes, start } = headerIn(binary ? await readInput(file) : toBytes(await readInput(file)));
  const header = annotateHeader(bytes);
  if (json) printJson({ ok: header.problem === undefined, start, ...header });
  else print(headerText(header, bytes, start));
  if (header.problem === undefined) return;
  const { code, offset, expected } = header.problem;
  if (!json) printError(`${code} at byte ${offset}: expected ${expected}\n`);
  process.exitCode = exitCodes.failed;
}

/** More than the longest header, and the beginning of what follows it. */
const maxInputBytes = 1 << 20;

async function readInput(file: string): Promise<Buffer> {
  try {
    // What comes after so much is not looked at, so that a capture of any size will do.
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of file === "-" ? process.stdin : (await open(file)).createReadStream()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maxInputBytes) break;
    }
    return Buffer.concat(chunks);
  } catch (error) {
    throw new EdgeProxyError("EDGE_FILE", `cannot read ${file}: ${systemReason(error)}`, { cause: error });
  }
}

/** A header as it is has bytes that no text has; a version 1 line is text, but begins with what is not hexadecimal. */
function toBytes(input: Buffer): Uint8Array {
  const isRaw = input.some((byte) => byte === 0 || byte >= 0x80) || input.subarray(0, 5).toString("latin1") === "PROXY";
  if (isRaw) return input;
  const read = parseHexText(input.toString("latin1"));
  if ("bytes" in read) return read.bytes;
  throw new EdgeProxyError("EDGE_USAGE", `this is not hexadecimal: ${read.problem}; --binary takes bytes as they are`);
}

const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

/** Where a packet was given with the headers around it, the PROXY header somewhere inside is meant. */
function headerIn(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly start: number } {
  const text = Buffer.from(bytes.subarray(0, 5)).toString("latin1");
  const found = text === "PROXY" ? 0 : Buffer.from(bytes).indexOf(signature);
  const start = Math.max(0, found);
  return { bytes: bytes.subarray(start), start };
}

function headerText(header: AnnotatedHeader, bytes: Uint8Array, start: number): string {
  const { version, parts, length, following, problem } = header;
  const style = styleFor(process.stdout);
  const what = version === undefined ? "No PROXY protocol header" : `PROXY protocol version ${version}`;
  const lines = [
    style("bold", problem === undefined ? `${what}, ${byteCount(length)}` : what),
    ...(start > 0 ? [`It begins at byte ${start} of the input.`] : []),
    "",
    ...headerTable(parts, style, problem),
    "",
  ];
  if (problem === undefined) lines.push(afterHeader(following, bytes.subarray(length, length + 40)), "");
  return `${lines.join("\n")}`;
}

function afterHeader(following: number, bytes: Uint8Array): string {
  if (following === 0) return "Nothing follows.";
  const more = following > bytes.length ? " …" : "";
  return `${byteCount(following)} ${following === 1 ? "follows" : "follow"}: ${quoted(bytes)}${more}`;
}
