import headerPattern from "findhit-proxywrap/lib/proxy-protocol.regexp.js";
import type { Answer } from "./sample.ts";

/**
 * What findhit-proxywrap does with a chunk, without the socket events around it: its parser is a closure inside of a
 * server and cannot be called. Its own pattern, and the steps of `onReadable` and of the getters in `lib/proxywrap.js`.
 */
export function parseAsFindhit(chunk: Buffer): Answer | undefined {
  let header = chunk.toString("ascii");
  if (header.substring(0, 5) !== "PROXY") return undefined;
  header = header.substring(0, header.indexOf("\r"));
  if (!headerPattern.test(header)) return undefined;
  const [, , source = "", destination = "", sourcePort = "", destinationPort = ""] = header.split(" ");
  return {
    source: { address: source, port: Number.parseInt(sourcePort, 10) },
    destination: { address: destination, port: Number.parseInt(destinationPort, 10) },
  };
}
