import { createSocket } from "node:dgram";
import { once } from "node:events";
import { encode, encodeDatagram, type HeaderInit, nlbHeader } from "@edgekit/pp2";
import { hasCommand, trackLeaks, until, unusedPort, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { dnsAnswer, dnsQuery } from "./support/dns.ts";
import { exchange } from "./support/exchange.ts";
import { startUnbound } from "./support/unbound.ts";

trackLeaks();

const v4 = { source: { address: "203.0.113.7", port: 51_234 }, destination: { address: "10.0.0.5", port: 53 } };
const v6 = { source: { address: "2001:db8::7", port: 51_234 }, destination: { address: "2001:db8::5", port: 53 } };
const refusedSource = { address: "198.51.100.9", port: 51_234 };
const noError = 0;
const refused = 5;

describe.skipIf(!hasCommand("unbound"))("needs unbound: a real receiver of our headers over UDP", () => {
  it.each<{ what: string; init: HeaderInit; rcode: number; client: string }>([
    { what: "IPv4", init: v4, rcode: noError, client: "203.0.113.7" },
    { what: "IPv6", init: v6, rcode: noError, client: "2001:db8::7" },
    { what: "a CRC and padding", init: { ...v4, crc32c: true, padTo: 100 }, rcode: noError, client: "203.0.113.7" },
    { what: "LOCAL", init: { command: "LOCAL" }, rcode: noError, client: "127.0.0.1" },
  ])("answers a query behind our header, and logs the client: $what", async ({ init, rcode, client }) => {
    const port = await unusedPort();
    await using unbound = await startUnbound(port);
    const answer = await ask(port, [encodeDatagram(init, dnsQuery(1, "edgekit.test"))]);
    expect(answer).toEqual({ id: 1, rcode, address: "192.0.2.1" });
    await until(() => unbound.output.includes(`info: ${client} edgekit.test. A IN`), "the query in the log");
  });

  it("holds its access list against the header's client, not against the sender", async () => {
    const port = await unusedPort();
    await using _ = await startUnbound(port);
    const ofStranger = encodeDatagram({ ...v4, source: refusedSource }, dnsQuery(2, "edgekit.test"));
    expect(await ask(port, [ofStranger])).toEqual({ id: 2, rcode: refused, address: undefined });
  });

  it("drops a datagram whose header is wrong or missing, and answers the next", async () => {
    const port = await unusedPort();
    await using unbound = await startUnbound(port);
    const good = encodeDatagram({ ...v4, crc32c: true }, dnsQuery(3, "edgekit.test"));
    const withByte = (offset: number, value: number): Uint8Array =>
      Uint8Array.from(good, (byte, i) => (i === offset ? value : byte));
    const bad = [
      { datagram: dnsQuery(4, "edgekit.test"), why: "could not match PROXYv2 header" },
      { datagram: withByte(11, 0), why: "could not match PROXYv2 header" },
      { datagram: withByte(12, 0x22), why: "unsupported command" },
      { datagram: withByte(13, 0x31), why: "unsupported family and protocol" },
      { datagram: withByte(15, 0xff), why: "not enough space for header" },
    ];
    for (const { datagram, why } of bad) {
      unbound.output = "";
      expect((await ask(port, [datagram, good])).id).toBe(3);
      await until(() => unbound.output.includes(why), why);
    }
  });

  it("takes our header for TCP as well", async () => {
    const port = await unusedPort();
    await using unbound = await startUnbound(port);
    const query = dnsQuery(5, "edgekit.test");
    for (const header of [nlbHeader(v4), encode(v4)]) {
      const { bytes } = await exchange(port, header, Uint8Array.of(0, query.length), query);
      expect(dnsAnswer(bytes.subarray(2))).toEqual({ id: 5, rcode: noError, address: "192.0.2.1" });
    }
    await until(() => unbound.output.includes("info: 203.0.113.7 edgekit.test. A IN"), "the query in the log");
  });
});

/** Sends datagrams from one socket and gives the first answer. */
async function ask(port: number, datagrams: Uint8Array[]): Promise<ReturnType<typeof dnsAnswer>> {
  const socket = createSocket("udp4");
  try {
    for (const datagram of datagrams) socket.send(datagram, port, "127.0.0.1");
    const [message] = await withDeadline(once(socket, "message") as Promise<[Buffer]>, "an answer");
    return dnsAnswer(message);
  } finally {
    socket.close();
  }
}
