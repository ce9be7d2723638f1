import { awsVpcEndpointId, decode, HeaderView } from "@edgekit/pp2";
import { IPv4ProxyAddress, V2ProxyProtocol } from "proxy-protocol-js";
import { headerAnswer, numericAnswer, proxyProtocolJsAnswer, viewAnswers } from "./answers.ts";
import { type Contestant, kept, type Line } from "./line.ts";
import { type Answer, nlbSample } from "./sample.ts";

const VERIFYING = 'HeaderView, crc32c "verify" (default)';
const IGNORING = 'HeaderView, crc32c "ignore"';
const REFERENCE = "proxy-protocol-js, its parse alone";

/** Decoding, and everything out of it that a log line wants: both addresses as text and the VPC endpoint's id. */
export function answerLine(name: string, title: string, about: string, answers: readonly Answer[]): Line {
  return {
    name,
    title,
    about,
    reference: REFERENCE,
    absent: [
      "proxy-protocol-js separates no TLVs and makes no text of addresses: its parse alone is less than this work",
      "@balena/proxy-protocol-parser gives no TLVs",
      "findhit-proxywrap knows version 1 only",
    ],
    targets: [{ kind: "ratio", of: IGNORING, over: REFERENCE, atLeast: 3 }],
    contestants() {
      const { bytes } = nlbSample(answers);
      return [...views(answers, bytes), easy(answers, bytes), ...proxyProtocolJs(answers, bytes)];
    },
  };
}

function views(expected: readonly Answer[], bytes: readonly Buffer[]): readonly Contestant[] {
  const verifying = new HeaderView();
  const ignoring = new HeaderView({ crc32c: "ignore" });
  return [
    {
      name: VERIFYING,
      run: () => {
        for (const header of bytes) {
          verifying.decode(header);
          kept.value = verifying.sourceAddress();
          kept.value = verifying.destinationAddress();
          kept.value = verifying.awsVpcEndpointId();
        }
      },
      inputs: bytes.length,
      found: () => viewAnswers(verifying, bytes),
      expected,
    },
    {
      name: IGNORING,
      run: () => {
        for (const header of bytes) {
          ignoring.decode(header);
          kept.value = ignoring.sourceAddress();
          kept.value = ignoring.destinationAddress();
          kept.value = ignoring.awsVpcEndpointId();
        }
      },
      inputs: bytes.length,
      found: () => viewAnswers(ignoring, bytes),
      expected,
    },
  ];
}

function easy(expected: readonly Answer[], bytes: readonly Buffer[]): Contestant {
  return {
    name: "decode and awsVpcEndpointId",
    run: () => {
      for (const header of bytes) {
        const result = decode(header);
        kept.value = result;
        if (result.status === "ok") kept.value = awsVpcEndpointId(result.header);
      }
    },
    inputs: bytes.length,
    found: () =>
      bytes.map((header) => {
        const result = decode(header);
        return result.status === "ok" ? headerAnswer(result.header) : result;
      }),
    expected,
  };
}

function proxyProtocolJs(answers: readonly Answer[], bytes: readonly Buffer[]): readonly Contestant[] {
  const alone: Contestant = {
    name: REFERENCE,
    run: () => {
      for (const header of bytes) kept.value = V2ProxyProtocol.parse(header);
    },
    inputs: bytes.length,
    found: () => bytes.map(proxyProtocolJsAnswer),
    expected: answers.map((answer, turn) => numericAnswer(bytes[turn] as Buffer, answer)),
  };
  // Compressed text of an IPv6 address is more than what a user would put together on the spot.
  if (answers[0]?.source.address.includes(":")) return [alone];
  const completed: Contestant = {
    name: "proxy-protocol-js, the rest by hand",
    run: () => {
      for (const header of bytes) {
        kept.value = completedByHand(header);
      }
    },
    inputs: bytes.length,
    found: () => bytes.map(completedByHand),
    expected: answers,
  };
  return [alone, completed];
}

/** What its users have to write themselves. */
function completedByHand(header: Uint8Array): Answer | undefined {
  const { proxyAddress, data = new Uint8Array(0) } = V2ProxyProtocol.parse(header);
  if (!(proxyAddress instanceof IPv4ProxyAddress)) return undefined;
  const { sourceAddress, sourcePort, destinationAddress, destinationPort } = proxyAddress;
  const source = { address: sourceAddress.address.join("."), port: sourcePort };
  const destination = { address: destinationAddress.address.join("."), port: destinationPort };
  for (let at = 0; at < data.length; ) {
    const end = at + 3 + (((data[at + 1] as number) << 8) | (data[at + 2] as number));
    if (data[at] === 0xea && data[at + 3] === 1) {
      return { source, destination, vpcEndpointId: Buffer.from(data.subarray(at + 4, end)).toString("latin1") };
    }
    at = end;
  }
  return { source, destination };
}
