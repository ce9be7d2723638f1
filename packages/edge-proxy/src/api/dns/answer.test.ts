import packet, { type Answer, type DecodedPacket, type OptAnswer, type RecordType } from "dns-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answer, type DnsView } from "./answer.ts";
import type { AnsweredQuery, DnsTransport } from "./dns-observer.ts";

const domain = "elb.us-east-1.amazonaws.com";
const web = `web-0123456789abcdef.${domain}`;
const big = `big-0123456789abcdef.${domain}`;
const names: Readonly<Record<string, readonly string[]>> = {
  [web]: ["127.0.0.1", "127.0.1.1", "::1", "fe80::1%lo"],
  [big]: Array.from({ length: 10 }, (_, i) => `10.0.0.${i}`),
};
const view: DnsView = { domains: () => [domain], addresses: (name) => names[name] };

type Decoded = DecodedPacket & { readonly rcode: string };
interface Ask {
  readonly type?: string;
  readonly class?: "IN" | "CH" | "ANY";
  readonly flags?: number;
  readonly edns?: Partial<OptAnswer>;
  readonly transport?: DnsTransport;
  readonly random?: () => number;
  readonly additionals?: Answer[];
}

function query(name: string, { type = "A", class: of = "IN", flags = 0, edns, additionals = [] }: Ask = {}): Buffer {
  const opt = { name: ".", type: "OPT", udpPayloadSize: 1232, ednsVersion: 0, flags: 0, ...edns } as OptAnswer;
  return packet.encode({
    id: 0xbeef,
    flags,
    questions: [{ name, type: type as RecordType, class: of }],
    additionals: [...(edns === undefined ? [] : [opt]), ...additionals],
  });
}

/** The answer to bytes, which must be one to this query. */
function replyTo(bytes: Buffer, { transport = "udp", random = () => 0.999 }: Ask = {}): Decoded {
  const reply = answer(bytes, transport, view, random);
  if (reply === undefined) throw new Error("no answer");
  const decoded = packet.decode(reply) as Decoded;
  expect(packet.decode.bytes).toBe(reply.length);
  expect(decoded).toMatchObject({ id: bytes.readUInt16BE(0), type: "response", flag_ra: false });
  return decoded;
}

const ask = (name: string, how: Ask = {}): Decoded => replyTo(query(name, how), how);
const data = ({ answers = [] }: Decoded): unknown[] => answers.map((record) => "data" in record && record.data);

describe("an answer", () => {
  it("has the addresses of the type that was asked for, is authoritative, and may be kept for 60 s", () => {
    const reply = ask(web);
    expect(reply).toMatchObject({ rcode: "NOERROR", flag_aa: true, flag_tc: false, authorities: [], additionals: [] });
    expect(reply.questions).toEqual([{ name: web, type: "A", class: "IN" }]);
    expect(reply.answers).toMatchObject([
      { name: web, type: "A", class: "IN", ttl: 60, data: "127.0.0.1" },
      { name: web, type: "A", class: "IN", ttl: 60, data: "127.0.1.1" },
    ]);
    expect(data(ask(web, { type: "AAAA" }))).toEqual(["::1", "fe80::1"]);
    expect(data(ask(web, { type: "ANY" }))).toHaveLength(4);
  });

  it("does not depend on upper and lower case, and writes the name as the question does", () => {
    const mixed = "wEb-0123456789ABCDEF.ELB.us-east-1.amazonAWS.com";
    const reply = ask(mixed);
    expect(reply.questions?.[0]?.name).toBe(mixed);
    expect(reply.answers).toMatchObject([{ name: mixed }, { name: mixed }]);
  });

  it("gives several addresses in an order that differs", () => {
    const orders = [0, 0.999].map((fraction) => data(ask(web, { random: () => fraction })));
    expect(orders).toEqual([
      ["127.0.1.1", "127.0.0.1"],
      ["127.0.0.1", "127.0.1.1"],
    ]);
  });

  it("keeps RD and leaves out RA: it is no resolver", () => {
    expect(ask(web, { flags: packet.RECURSION_DESIRED })).toMatchObject({ flag_rd: true, flag_ra: false });
    expect(ask(web)).toMatchObject({ flag_rd: false });
  });

  const negative = [{ name: domain, type: "SOA", ttl: 60, data: { minimum: 60 } }];

  it.each(["TXT", "MX", "CNAME", "UNKNOWN_65", "SOA"])("is empty for %s of a name that is there", (type) => {
    expect(ask(web, { type })).toMatchObject({ rcode: "NOERROR", flag_aa: true, answers: [], authorities: negative });
  });

  it("is NXDOMAIN for other names in the domain", () => {
    for (const name of [`x.${web}`, `web.${domain}`, `\u212a.${domain}`]) {
      expect(ask(name)).toMatchObject({ rcode: "NXDOMAIN", flag_aa: true, answers: [], authorities: negative });
    }
  });

  it("of the domain itself is its SOA, and nothing else", () => {
    expect(ask(domain, { type: "SOA" })).toMatchObject({ rcode: "NOERROR", answers: negative, authorities: [] });
    expect(ask(domain, { type: "A" })).toMatchObject({ rcode: "NOERROR", answers: [], authorities: negative });
  });

  it("is REFUSED for names elsewhere, for other classes, and for transfers", () => {
    const refused = { rcode: "REFUSED", flag_aa: false, answers: [], authorities: [] };
    for (const name of ["example.com", ".", "com", "amazonaws.com", `x${domain}`]) {
      expect(ask(name)).toMatchObject({ ...refused, questions: [{ name }] });
    }
    expect(ask(web, { class: "CH" })).toMatchObject(refused);
    for (const type of ["AXFR", "IXFR"]) expect(ask(domain, { type })).toMatchObject(refused);
  });
});

describe("a message that is no query of ours", () => {
  it.each([
    ["a response", query(web, { flags: 0 }).fill(0x80, 2, 3)],
    ["a response with an opcode", Buffer.from("beef9000000000000000000000", "hex")],
    ["nothing", Buffer.alloc(0)],
    ["less than a header", query(web).subarray(0, 11)],
  ])("gets no answer: %s", (_, message) => {
    expect(answer(message, "udp", view, Math.random)).toBeUndefined();
  });

  const withCount = (offset: number, count: number): Buffer => {
    const message = query(web);
    message.writeUInt16BE(count, offset);
    return message;
  };
  it.each([
    ["cut off", query(web).subarray(0, -1)],
    ["only a header", query(web).subarray(0, 12)],
    ["no question", withCount(4, 0)],
    ["a question that is not there", withCount(4, 2)],
    ["two questions", Buffer.concat([withCount(4, 2), query(web).subarray(12)])],
    ["65,535 questions", withCount(4, 65_535)],
    ["answers", withCount(6, 1)],
    ["a name that points to itself", Buffer.from("beef00000001000000000000c00c00010001", "hex")],
    ["a reserved label type", Buffer.from("beef00000001000000000000804100010001", "hex")],
    ["two OPT records", query(web, { edns: {}, additionals: [{ name: ".", type: "OPT" } as OptAnswer] })],
  ])("is FORMERR, without the question: %s", (_, message) => {
    expect(replyTo(message)).toMatchObject({ rcode: "FORMERR", flag_aa: false, questions: [], answers: [] });
  });

  it.each([1, 2, 4, 5, 15])("is NOTIMP with opcode %d", (opcode) => {
    const reply = replyTo(query(web, { flags: opcode << 11 }));
    expect(reply).toMatchObject({ rcode: "NOTIMP", questions: [], answers: [] });
    expect(((reply.flags ?? 0) >> 11) & 0xf).toBe(opcode);
  });

  it.each([
    ["bytes that are no UTF-8", Buffer.from("ff", "hex")],
    ["a dot in a label", Buffer.from("a.b")],
  ])("is REFUSED where the name has %s: names of ours have none", (_, label) => {
    const [first, rest] = [packet.encode({ id: 1, questions: [{ name: domain, type: "A" }] }), 12];
    const message = Buffer.concat([first.subarray(0, rest), Buffer.of(label.length), label, first.subarray(rest)]);
    expect(replyTo(message)).toMatchObject({ rcode: "REFUSED", questions: [], answers: [] });
  });
});

describe("EDNS", () => {
  it("is answered with our size and the client's DO, and not spoken to who does not", () => {
    const reply = ask(web, { edns: { udpPayloadSize: 4096, flags: packet.DNSSEC_OK } });
    expect(reply.additionals).toMatchObject([
      { type: "OPT", udpPayloadSize: 1232, ednsVersion: 0, extendedRcode: 0, flag_do: true, options: [] },
    ]);
    expect(data(reply)).toHaveLength(2);
    expect(ask("example.com", { edns: {} })).toMatchObject({ rcode: "REFUSED", additionals: [{ type: "OPT" }] });
  });

  it("of another version is BADVERS with ours", () => {
    const reply = ask(web, { edns: { ednsVersion: 1 } });
    expect(reply).toMatchObject({ rcode: "NOERROR", flag_aa: false, answers: [] });
    expect(reply.additionals).toMatchObject([{ extendedRcode: 1, ednsVersion: 0 }]);
  });

  it("options that we do not know change nothing", () => {
    const options = [{ code: 10, data: Buffer.alloc(8) }] as unknown as OptAnswer["options"];
    const reply = ask(web, { edns: { options } });
    expect(reply).toMatchObject({ rcode: "NOERROR", additionals: [{ options: [] }] });
    expect(data(reply)).toHaveLength(2);
  });
});

describe("an answer over UDP", () => {
  const fullBytes = answer(query(big), "tcp", view, Math.random)?.length ?? 0;
  const truncated = { rcode: "NOERROR", flag_tc: true, answers: [], questions: [{ name: big }] };

  it("that the client cannot take is empty, with TC; over TCP it is whole", () => {
    expect(fullBytes).toBeGreaterThan(512);
    expect(ask(big)).toMatchObject(truncated);
    expect(ask(big, { edns: { udpPayloadSize: 100 } })).toMatchObject({ ...truncated, additionals: [{ type: "OPT" }] });
    const whole = ask(big, { transport: "tcp" });
    expect(whole.flag_tc).toBe(false);
    expect(data(whole)).toHaveLength(10);
  });

  it("is whole up to the very byte that the client takes", () => {
    const optBytes = 11;
    const udpPayloadSize = fullBytes + optBytes;
    expect(data(ask(big, { edns: { udpPayloadSize } }))).toHaveLength(10);
    expect(ask(big, { edns: { udpPayloadSize: udpPayloadSize - 1 } })).toMatchObject(truncated);
  });

  it("is never longer than 1,232 bytes, whatever the client says that it takes", () => {
    const many: DnsView = {
      ...view,
      addresses: () => Array.from({ length: 2_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`),
    };
    for (const transport of ["udp", "tcp"] as const) {
      const reply = answer(query(web, { edns: { udpPayloadSize: 65_535 } }), transport, many, Math.random);
      expect(packet.decode(reply ?? Buffer.alloc(0)).flag_tc).toBe(true);
    }
  });
});

describe("an observer", () => {
  const told = (message: Buffer, transport: DnsTransport = "udp"): unknown[] => {
    const calls: unknown[] = [];
    const observer = {
      queryAnswered: ({ transport, type, rcode, isTruncated }: AnsweredQuery) =>
        void calls.push([transport, type, rcode, isTruncated]),
      messageIgnored: (transport: DnsTransport) => void calls.push([transport, "ignored"]),
    };
    answer(message, transport, view, Math.random, observer);
    return calls;
  };

  it.each([
    ["an address", query(web), ["udp", "A", "NOERROR", false]],
    ["a type without records", query(web, { type: "UNKNOWN_65" }), ["udp", "UNKNOWN_65", "NOERROR", false]],
    ["no such name", query(`x.${web}`, { type: "AAAA" }), ["udp", "AAAA", "NXDOMAIN", false]],
    ["somebody else's name", query("example.com"), ["udp", "A", "REFUSED", false]],
    ["an answer that is too long", query(big), ["udp", "A", "NOERROR", true]],
    ["another version of EDNS", query(web, { edns: { ednsVersion: 1 } }), ["udp", "A", "BADVERS", false]],
    ["a message that cannot be read", query(web).subarray(0, -1), ["udp", undefined, "FORMERR", false]],
    ["another opcode", query(web, { flags: 2 << 11 }), ["udp", undefined, "NOTIMP", false]],
    ["a response", query(web).fill(0x80, 2, 3), ["udp", "ignored"]],
  ])("is told once what came of %s", (_, message, expected) => {
    expect(told(message)).toEqual([expected]);
  });

  it("is told that an answer over TCP is whole", () => {
    expect(told(query(big), "tcp")).toEqual([["tcp", "A", "NOERROR", false]]);
  });
});

describe("whatever comes", () => {
  const check = (message: Buffer): void => {
    for (const transport of ["udp", "tcp"] as const) {
      const reply = answer(message, transport, view, () => 0.5);
      if (reply === undefined) continue;
      expect(reply.readUInt8(2) & 0x80).toBe(0x80);
      expect(reply.readUInt16BE(0)).toBe(message.readUInt16BE(0));
      if (transport === "udp") expect(reply.length).toBeLessThanOrEqual(1232);
      packet.decode(reply);
      expect(packet.decode.bytes).toBe(reply.length);
      // Two servers that hear each other fall silent.
      expect(answer(reply, transport, view, () => 0.5)).toBeUndefined();
    }
  };

  it("random bytes do not make it throw, and never get an answer that is a query", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => check(Buffer.from(bytes))),
      { numRuns: 2_000 },
    );
  });

  it("nor do queries with a few bytes changed, or cut off", () => {
    const original = fc.constantFrom(
      query(web),
      query(big, { edns: { flags: packet.DNSSEC_OK } }),
      query(domain, { type: "ANY", additionals: [{ name: "k", type: "TSIG", data: Buffer.alloc(9) }] }),
    );
    const changes = fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(original, changes, fc.nat(120), (message, changes, cut) => {
        const bytes = Buffer.from(message.subarray(0, Math.max(0, message.length - (cut > 60 ? 0 : cut))));
        for (const [offset, value] of changes) if (offset < bytes.length) bytes[offset] = value;
        check(bytes);
      }),
      { numRuns: 5_000 },
    );
  });
});
