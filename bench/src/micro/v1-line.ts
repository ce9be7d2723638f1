import { v1_decode } from "@balena/proxy-protocol-parser";
import { decode, encode, HeaderView } from "@edgekit/pp2";
import { V1BinaryProxyProtocol, V1ProxyProtocol } from "proxy-protocol-js";
import { balenaAnswer, headerAnswer, viewAnswers, withoutId } from "./answers.ts";
import { parseAsFindhit } from "./findhit.ts";
import { type Contestant, kept, type Line } from "./line.ts";
import { type Answer, clientsOfOneEndpoint } from "./sample.ts";

const REFERENCE = "proxy-protocol-js, V1ProxyProtocol";

/** The line of text that version 1 is. */
export const v1Line: Line = {
  name: "v1",
  title: "Decode a version 1 line and read both addresses and ports",
  about: "The lines of 64 clients in turn, each in a Buffer, such as `PROXY TCP4 172.31.7.113 172.31.10.31 51442 80`.",
  reference: REFERENCE,
  absent: [],
  targets: [],
  contestants() {
    const answers = clientsOfOneEndpoint.map(withoutId);
    const bytes = answers.map((answer) => Buffer.from(encode({ version: 1, ...answer })));
    return [...ours(answers, bytes), ...theirs(answers, bytes)];
  },
};

function ours(expected: readonly Answer[], bytes: readonly Buffer[]): readonly Contestant[] {
  const view = new HeaderView();
  return [
    {
      name: "HeaderView",
      run: () => {
        for (const line of bytes) {
          view.decode(line);
          kept.value = view.sourceAddress();
          kept.value = view.destinationAddress();
        }
      },
      inputs: bytes.length,
      found: () => viewAnswers(view, bytes),
      expected,
    },
    {
      name: "decode",
      run: () => {
        for (const line of bytes) {
          kept.value = decode(line);
        }
      },
      inputs: bytes.length,
      found: () =>
        bytes.map((line) => {
          const result = decode(line);
          return result.status === "ok" ? headerAnswer(result.header) : result;
        }),
      expected,
    },
  ];
}

function theirs(expected: readonly Answer[], bytes: readonly Buffer[]): readonly Contestant[] {
  const peersOf = ({ source, destination }: V1ProxyProtocol | V1BinaryProxyProtocol): Answer => ({
    source: { address: source.ipAddress, port: source.port },
    destination: { address: destination.ipAddress, port: destination.port },
  });
  return [
    {
      name: REFERENCE,
      run: () => {
        for (const line of bytes) {
          kept.value = V1ProxyProtocol.parse(line.toString("latin1"));
        }
      },
      inputs: bytes.length,
      found: () => bytes.map((line) => peersOf(V1ProxyProtocol.parse(line.toString("latin1")))),
      expected,
    },
    {
      name: "proxy-protocol-js, V1BinaryProxyProtocol",
      run: () => {
        for (const line of bytes) {
          kept.value = V1BinaryProxyProtocol.parse(line);
        }
      },
      inputs: bytes.length,
      found: () => bytes.map((line) => peersOf(V1BinaryProxyProtocol.parse(line))),
      expected,
    },
    {
      name: "@balena/proxy-protocol-parser",
      run: () => {
        for (const line of bytes) {
          kept.value = v1_decode(line, true);
        }
      },
      inputs: bytes.length,
      found: () => bytes.map((line) => balenaAnswer(v1_decode(line, true))),
      expected,
    },
    {
      name: "findhit-proxywrap, its steps",
      run: () => {
        for (const line of bytes) {
          kept.value = parseAsFindhit(line);
        }
      },
      inputs: bytes.length,
      found: () => bytes.map(parseAsFindhit),
      expected,
    },
  ];
}
