import { answerLine } from "./answer-line.ts";
import { decodeLine } from "./decode-line.ts";
import { emptyTlvsLine } from "./empty-tlvs-line.ts";
import { encodeLine } from "./encode-line.ts";
import { healthLine } from "./health-line.ts";
import type { Line } from "./line.ts";
import { clientsOfOneEndpoint, strangers, strangersOverIPv6 } from "./sample.ts";
import { selectLine } from "./select-line.ts";
import { v1Line } from "./v1-line.ts";

const work = "Decode, both addresses as text, VPC endpoint id";

/** In the order of the report. */
export const lines: readonly Line[] = [
  decodeLine("Buffer"),
  decodeLine("Uint8Array"),
  answerLine(
    "answer",
    `${work}: clients of one endpoint`,
    "64 clients in turn, one listener and one endpoint, as a target sees them.",
    clientsOfOneEndpoint,
  ),
  answerLine(
    "answer-strangers",
    `${work}: nothing in common`,
    "Another client, listener and endpoint each time, so that remembering the texts of the header before is of no use.",
    strangers,
  ),
  answerLine("answer-ipv6", `${work}: IPv6, nothing in common`, "As before, over IPv6.", strangersOverIPv6),
  encodeLine,
  v1Line,
  emptyTlvsLine,
  selectLine,
  healthLine,
];
