import { v2_decode } from "@balena/proxy-protocol-parser";
import { HeaderView } from "@edgekit/pp2";
import { V2ProxyProtocol } from "proxy-protocol-js";
import { balenaAnswer, numericAnswer, proxyProtocolJsAnswer, viewAnswers, withoutId } from "./answers.ts";
import { type Contestant, kept, type Line } from "./line.ts";
import { type Answer, clientsOfOneEndpoint, nlbSample } from "./sample.ts";

const VERIFYING = 'HeaderView, crc32c "verify" (default)';
const IGNORING = 'HeaderView, crc32c "ignore"';
const REFERENCE = "proxy-protocol-js";

/** Decoding alone: afterwards the fields of the header can be asked for. */
export function decodeLine(form: "Buffer" | "Uint8Array"): Line {
  const isBuffer = form === "Buffer";
  return {
    name: isBuffer ? "decode" : "decode-uint8array",
    title: `Decode the 100-byte PrivateLink header, in a ${form}`,
    about: isBuffer
      ? "The headers of 64 clients in turn, each in a Buffer, as sockets hand them out. No npm package checks the CRC32C: like is compared with like where we ignore it."
      : "The same in plain Uint8Arrays, as web streams hand them out. Of those proxy-protocol-js copies the bytes.",
    reference: REFERENCE,
    absent: [
      ...(isBuffer ? [] : ["@balena/proxy-protocol-parser takes Buffers only"]),
      "findhit-proxywrap knows version 1 only",
    ],
    targets: [
      { kind: "ratio", of: IGNORING, over: REFERENCE, atLeast: 10 },
      { kind: "difference", of: VERIFYING, minus: IGNORING, atMost: 80 },
    ],
    contestants() {
      const { answers, bytes } = nlbSample(clientsOfOneEndpoint);
      if (isBuffer) return [...everyForm(answers, bytes), balena(answers, bytes)];
      return everyForm(
        answers,
        bytes.map((buffer) => Uint8Array.from(buffer)),
      );
    },
  };
}

function everyForm(answers: readonly Answer[], bytes: readonly Uint8Array[]): readonly Contestant[] {
  const verifying = new HeaderView();
  const ignoring = new HeaderView({ crc32c: "ignore" });
  return [
    {
      name: VERIFYING,
      run: () => {
        for (const header of bytes) {
          kept.value = verifying.decode(header);
        }
      },
      inputs: bytes.length,
      found: () => viewAnswers(verifying, bytes),
      expected: answers,
    },
    {
      name: IGNORING,
      run: () => {
        for (const header of bytes) {
          kept.value = ignoring.decode(header);
        }
      },
      inputs: bytes.length,
      found: () => viewAnswers(ignoring, bytes),
      expected: answers,
    },
    {
      name: REFERENCE,
      run: () => {
        for (const header of bytes) {
          kept.value = V2ProxyProtocol.parse(header);
        }
      },
      inputs: bytes.length,
      found: () => bytes.map(proxyProtocolJsAnswer),
      expected: answers.map((answer, turn) => numericAnswer(bytes[turn] as Uint8Array, answer)),
    },
  ];
}

function balena(answers: readonly Answer[], bytes: readonly Buffer[]): Contestant {
  return {
    name: "@balena/proxy-protocol-parser",
    run: () => {
      for (const header of bytes) {
        kept.value = v2_decode(header, true);
      }
    },
    inputs: bytes.length,
    found: () => bytes.map((header) => balenaAnswer(v2_decode(header, true))),
    expected: answers.map(withoutId),
  };
}
