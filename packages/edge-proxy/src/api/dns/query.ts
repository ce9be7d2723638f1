import packet, { type OptAnswer, type Question } from "dns-packet";

/** What can be taken from a header that is a query's. */
export interface QueryHeader {
  readonly id: number;
  /** The second 16 bits of the message: OPCODE, RD and what else it says. */
  readonly flags: number;
}

export interface Query extends QueryHeader {
  readonly question: Question;
  /** What the client can do beyond RFC 1035, if it says so. Source: RFC 6891. */
  readonly edns: OptAnswer | undefined;
}

/** A query that is answered with nothing but a code. */
export interface RefusedQuery extends QueryHeader {
  readonly rcode: Rcode;
}

/** Source: IANA, "DNS RCODEs". */
export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

export type Rcode = keyof typeof rcodes;

const headerBytes = 12;
const isResponse = 0x8000;

/**
 * Reads what a client has sent. Undefined for what gets no answer: responses, so that two servers never talk to each other for
 * ever, and less than a header, which does not say that it is none.
 */
export function readQuery(message: Buffer): Query | RefusedQuery | undefined {
  if (message.length < headerBytes) return undefined;
  const header: QueryHeader = { id: message.readUInt16BE(0), flags: message.readUInt16BE(2) };
  if ((header.flags & isResponse) !== 0) return undefined;
  if (opcodeOf(header) !== 0) return { ...header, rcode: "NOTIMP" };
  const body = hasCountsOfQuery(message) ? decode(message) : undefined;
  if (body === undefined) return { ...header, rcode: "FORMERR" };
  if (!isGivenBack(body.question, message)) return { ...header, rcode: "REFUSED" };
  return { ...header, ...body };
}

function opcodeOf({ flags }: QueryHeader): number {
  return (flags >> 11) & 0xf;
}

/**
 * One question, no answers, and at most what IXFR, EDNS and TSIG add. The bound also keeps a message of nothing but pointers
 * from taking long to decode.
 */
function hasCountsOfQuery(message: Buffer): boolean {
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((offset) => message.readUInt16BE(offset));
  return questions === 1 && answers === 0 && (authorities ?? 0) <= 1 && (additionals ?? 0) <= 2;
}

function decode(message: Buffer): Pick<Query, "question" | "edns"> | undefined {
  try {
    const { questions = [], additionals = [] } = packet.decode(message);
    const [question] = questions;
    const [edns, second] = additionals.filter((record) => record.type === "OPT");
    return question === undefined || second !== undefined ? undefined : { question, edns };
  } catch {
    return undefined;
  }
}

/**
 * An answer repeats the question. The library cannot for labels with dots or with bytes that are no UTF-8, for names with
 * pointers, and for unknown classes: none of these is asked about our names.
 */
function isGivenBack(question: Question, message: Buffer): boolean {
  const bytes = packet.encode({ questions: [question] }).subarray(headerBytes);
  return bytes.equals(message.subarray(headerBytes, headerBytes + bytes.length));
}
