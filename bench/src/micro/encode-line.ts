import { type Endpoint, HeaderTemplate, NLB_HEADER_LENGTH, nlbHeader } from "@edgekit/pp2";
import { type Contestant, kept, type Line } from "./line.ts";
import { type Answer, clientsOfOneEndpoint, nlbSample } from "./sample.ts";

const FROM_TEXT = "HeaderTemplate.encodeInto, addresses as text";
const FROM_NUMBERS = "HeaderTemplate.encodeIPv4Into, addresses as numbers";
const EASY = "nlbHeader, everything anew";

/** The 100-byte header with its CRC32C, for one client after the other. */
export const encodeLine: Line = {
  name: "encode",
  title: "Encode the 100-byte PrivateLink header with its CRC32C",
  about: "For 64 clients in turn, one listener and one VPC endpoint. The template writes into a buffer that is there.",
  reference: EASY,
  absent: [
    "proxy-protocol-js leaves TLVs out of the header's length, so they would be taken for payload; no CRC32C either",
    "@balena/proxy-protocol-parser writes no TLVs",
    "findhit-proxywrap writes no headers",
  ],
  targets: [
    { kind: "figure", of: FROM_TEXT, atMost: 80 },
    { kind: "figure", of: FROM_NUMBERS, atMost: 80 },
  ],
  contestants() {
    const { answers, bytes } = nlbSample(clientsOfOneEndpoint);
    return encoders(answers, bytes);
  },
};

function encoders(answers: readonly Answer[], expected: readonly Buffer[]): readonly Contestant[] {
  const template = privateLinkTemplate(answers[0]?.vpcEndpointId ?? "");
  const target = Buffer.alloc(NLB_HEADER_LENGTH);
  const calls = answers.map(callOf);
  const found = (encode: (call: EncodeCall) => unknown): readonly Buffer[] =>
    calls.map((call) => {
      encode(call);
      return Buffer.from(target);
    });
  return [
    {
      name: FROM_TEXT,
      run: () => {
        for (const { source, destination } of calls) {
          kept.value = template.encodeInto(target, 0, source, destination);
        }
      },
      inputs: calls.length,
      found: () => found(({ source, destination }) => template.encodeInto(target, 0, source, destination)),
      expected,
    },
    {
      name: FROM_NUMBERS,
      run: () => {
        for (const { from, to, source, destination } of calls) {
          kept.value = template.encodeIPv4Into(target, 0, from, source.port, to, destination.port);
        }
      },
      inputs: calls.length,
      found: () =>
        found(({ from, to, source, destination }) =>
          template.encodeIPv4Into(target, 0, from, source.port, to, destination.port),
        ),
      expected,
    },
    {
      name: EASY,
      run: () => {
        for (const call of calls) {
          kept.value = nlbHeader(call);
        }
      },
      inputs: calls.length,
      found: () => found((call) => target.set(nlbHeader(call))),
      expected,
    },
  ];
}

/** What `nlbHeader` would write, prepared. */
export function privateLinkTemplate(awsVpcEndpointId: string): HeaderTemplate {
  return new HeaderTemplate({ family: "INET", crc32c: true, awsVpcEndpointId, padTo: NLB_HEADER_LENGTH });
}

/** The addresses as text and as numbers. */
export interface EncodeCall {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly awsVpcEndpointId: string;
  readonly from: number;
  readonly to: number;
}

export function callOf({ source, destination, vpcEndpointId = "" }: Answer): EncodeCall {
  const from = numberOf(source.address);
  return { source, destination, awsVpcEndpointId: vpcEndpointId, from, to: numberOf(destination.address) };
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, octet) => 256 * sum + Number(octet), 0);
}
