import { v1_decode } from "@balena/proxy-protocol-parser";
import { decode, encode, HeaderView } from "@edgekit/pp2";
import { V1BinaryProxyProtocol, V1ProxyProtocol } from "proxy-protocol-js";
import { balenaAnswer, headerAnswer, viewAnswers, withoutId } from "./answers.ts";
import { parseAsFindhit } from "./findhit.ts";
import { type Contestant, kept, type Line } from "./line.ts";
import { type Answer, clientsOfOneEndpoint, Rotation } from "./sample.ts";

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
    const bytes = new Rotation(answers.map((answer) => Buffer.from(encode({ version: 1, ...answer }))));
    return [...ours(answers, bytes), ...theirs(answers, bytes)];
  },
};

function ours(expected: readonly Answer[], bytes: Rotation<Buffer>): readonly Contestant[] {
  const view = new HeaderView();
  return [
    {
      name: "HeaderView",
      run: () => {
        view.decode(bytes.next());
        kept.value = view.sourceAddress();
        kept.value = view.destinationAddress();
      },
      found: () => viewAnswers(view, bytes.items),
      expected,
    },
    {
      name: "decode",
      run: () => {
        kept.value = decode(bytes.next());
      },
      found: () =>
        bytes.items.map((line) => {
          const result = decode(line);
          return result.status === "ok" ? headerAnswer(result.header) : result;
        }),
      expected,
    },
  ];
}

function theirs(expected: readonly Answer[], bytes: Rotation<Buffer>): readonly Contestant[] {
  const peersOf = ({ source, destination }: V1ProxyProtocol | V1BinaryProxyProtocol): Answer => ({
    source: { address: source.ipAddress, port: source.port },
    destination: { address: destination.ipAddress, port: destination.port },
  });
  return [
    {
      name: REFERENCE,
      run: () => {
        kept.value = V1ProxyProtocol.parse(bytes.next().toString("latin1"));
      },
      found: () => bytes.items.map((line) => peersOf(V1ProxyProtocol.parse(line.toString("latin1")))),
      expected,
    },
    {
      name: "proxy-protocol-js, V1BinaryProxyProtocol",
      run: () => {
        kept.value = V1BinaryProxyProtocol.parse(bytes.next());
      },
      found: () => bytes.items.map((line) => peersOf(V1BinaryProxyProtocol.parse(line))),
      expected,
    },
    {
      name: "@balena/proxy-protocol-parser",
      run: () => {
        kept.value = v1_decode(bytes.next(), true);
      },
      found: () => bytes.items.map((line) => balenaAnswer(v1_decode(line, true))),
      expected,
    },
    {
      name: "findhit-proxywrap, its steps",
      run: () => {
        kept.value = parseAsFindhit(bytes.next());
      },
      found: () => bytes.items.map(parseAsFindhit),
      expected,
    },
  ];
}
