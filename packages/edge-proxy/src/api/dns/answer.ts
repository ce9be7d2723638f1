import { isIPv6 } from "node:net";
import packet, { type Answer, type Packet } from "dns-packet";
import type { DnsObserver, DnsTransport } from "./dns-observer.ts";
import { type Query, type QueryHeader, type Rcode, rcodes, readQuery } from "./query.ts";

/** What the names stand for now. */
export interface DnsView {
  /** The domains that this server is answerable for, in lower case. Names elsewhere are refused: it is no resolver. */
  domains(): readonly string[];
  /** The addresses of a name in lower case, without the final dot; undefined when there is no such name. */
  addresses(name: string): readonly string[] | undefined;
}

/** Seconds for which an answer may be kept, as on AWS; also for the answer that there is none. */
const ttl = 60;
/** What we send over UDP at most, and what we say that we take: no datagram of this size is fragmented. */
const maxUdpBytes = 1232;
/** What a client takes that says nothing. Source: RFC 1035, section 2.3.4. */
const minUdpBytes = 512;
const maxTcpBytes = 65_535;
/** OPCODE and RD. */
const givenBackFlags = 0x7900;
const dnssecOk = 0x8000;
/** A higher code has its other bits in EDNS. Source: RFC 6891, section 6.1.3. */
const rcodeInHeader = 0xf;

interface Reply {
  readonly rcode: Rcode;
  readonly message: Packet;
}

/**
 * The answer to a message, or undefined where there must not be one. Whatever the message is, it does not throw. Several addresses
 * come in random order, since many clients take the first.
 */
export function answer(
  message: Buffer,
  transport: DnsTransport,
  view: DnsView,
  random: () => number,
  observer: DnsObserver = {},
): Buffer | undefined {
  const query = readQuery(message);
  if (query === undefined) {
    observer.messageIgnored?.(transport);
    return undefined;
  }
  const { question, edns } = "rcode" in query ? {} : query;
  const reply = "rcode" in query ? replyTo(query, query.rcode) : withEdns(query, findAnswer(query, view, random));
  const bytes = packet.encode(reply.message);
  const isTruncated = bytes.length > maxBytes(edns, transport);
  observer.queryAnswered?.({ transport, type: question?.type, rcode: reply.rcode, isTruncated });
  return isTruncated ? packet.encode(truncated(reply.message)) : bytes;
}

function maxBytes(edns: Query["edns"], transport: DnsTransport): number {
  if (transport === "tcp") return maxTcpBytes;
  return Math.min(Math.max(edns?.udpPayloadSize ?? 0, minUdpBytes), maxUdpBytes);
}

function replyTo({ id, flags }: QueryHeader, rcode: Rcode, rest: Packet = {}): Reply {
  const inHeader = rcodes[rcode] & rcodeInHeader;
  return {
    rcode,
    message: { type: "response", id, ...rest, flags: (flags & givenBackFlags) | inHeader | (rest.flags ?? 0) },
  };
}

/** An empty answer with the flag that makes the client ask again over TCP. */
function truncated({ answers: _, authorities: __, flags = 0, ...rest }: Packet): Packet {
  return { ...rest, flags: flags | packet.TRUNCATED_RESPONSE };
}

/** A client that speaks EDNS is answered in it; of a version that is not ours it learns ours. */
function withEdns(query: Query, reply: Reply): Reply {
  const { edns, question } = query;
  if (edns === undefined) return reply;
  const { rcode, message } = edns.ednsVersion === 0 ? reply : replyTo(query, "BADVERS", { questions: [question] });
  const opt: Answer = {
    name: ".",
    type: "OPT",
    udpPayloadSize: maxUdpBytes,
    extendedRcode: rcodes[rcode] >> 4,
    ednsVersion: 0,
    flags: edns.flags & dnssecOk,
    flag_do: edns.flag_do,
    options: [],
  };
  return { rcode, message: { ...message, additionals: [opt] } };
}

function findAnswer(query: Query, view: DnsView, random: () => number): Reply {
  const { question } = query;
  // "ANY" and unknown types are missing from the library's type.
  const type: string = question.type;
  const name = lowerCase(question.name);
  const domain = view.domains().find((domain) => name === domain || name.endsWith(`.${domain}`));
  if (domain === undefined || question.class !== "IN" || type === "AXFR" || type === "IXFR") {
    return replyTo(query, "REFUSED", { questions: [question] });
  }
  const addresses = name === domain ? [] : view.addresses(name);
  const records = (addresses ?? []).map((address) => addressRecord(question.name, address));
  const all = name === domain ? [startOfAuthority(question.name)] : records;
  const answers = shuffled(
    all.filter((record) => type === "ANY" || type === record.type),
    random,
  );
  return replyTo(query, addresses === undefined ? "NXDOMAIN" : "NOERROR", {
    flags: packet.AUTHORITATIVE_ANSWER,
    questions: [question],
    answers,
    // Says for how long the answer that there is nothing may be kept. Source: RFC 2308, section 3.
    authorities: answers.length === 0 ? [startOfAuthority(domain)] : [],
  });
}

/** The owner is written as the client wrote it: some check upper and lower case against forged answers. */
function addressRecord(name: string, address: string): Answer {
  // A link-local address is configured with its interface, which DNS cannot say.
  const [data = ""] = address.split("%");
  return { name, type: isIPv6(data) ? "AAAA" : "A", class: "IN", ttl, data };
}

/** There is nobody to transfer the domain from or to write to; the names are those of RFC 6303, section 3. */
function startOfAuthority(name: string): Answer {
  const data = { mname: name, rname: "nobody.invalid", serial: 1, refresh: 3600, retry: 1200, expire: 604_800 };
  return { name, type: "SOA", class: "IN", ttl, data: { ...data, minimum: ttl } };
}

/** Source: Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Only ASCII letters are the same in both cases. Source: RFC 4343. */
function lowerCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
