import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { authority, type Header, HeaderDecoder, nlbHeader, PP2_TYPE_CRC32C, ssl, uniqueId } from "@edgekit/pp2";
import {
  collect,
  connectTo,
  hasCommand,
  listenOn,
  type TcpServer,
  trackLeaks,
  unusedPort,
  withDeadline,
} from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { startHaproxy } from "./support/haproxy.ts";
import { request } from "./support/http.ts";
import { startInFrontOf } from "./support/nlb.ts";

trackLeaks();

describe.skipIf(!hasCommand("haproxy"))("needs haproxy: a real target behind the edge proxy", () => {
  it("accepts our header with its CRC, and knows client and destination, with a VPC endpoint's TLV too", async () => {
    const port = await unusedPort();
    await using _ = await startHaproxy(
      `frontend app
  mode http
  bind 127.0.0.1:${port} accept-proxy
  http-request return status 200 content-type text/plain lf-string "%ci:%cp %[dst]:%[dst_port]"`,
      port,
    );
    await using web = await startInFrontOf(port);
    for (const through of [web.port, web.endpointPort]) {
      const { status, body, localPort } = await request(through);
      expect([status, body]).toEqual([200, `127.0.0.1:${localPort} 127.0.0.1:${through}`]);
    }
  });

  it("refuses our header when one bit of it is wrong: its CRC check is real", async () => {
    const port = await unusedPort();
    await using _ = await startHaproxy(
      `frontend app
  mode http
  bind 127.0.0.1:${port} accept-proxy
  http-request return status 200`,
      port,
    );
    const source = { address: "203.0.113.7", port: 51_234 };
    const header = nlbHeader({ source, destination: { address: "127.0.0.1", port } });
    const answerTo = async (bytes: Uint8Array): Promise<string> => {
      const client = await connectTo(port);
      client.end(Buffer.concat([bytes, Buffer.from("GET / HTTP/1.0\r\n\r\n")]));
      return (await withDeadline(collect(client), "the answer")).bytes.toString();
    };
    expect(await answerTo(header)).toContain("200 OK");
    // A bit of the client's port: every other check would let it pass.
    header[25] = (header[25] ?? 0) ^ 1;
    expect(await answerTo(header)).toBe("");
  });
});

describe.skipIf(!hasCommand("haproxy"))("needs haproxy: a real sender in front of our decoder", () => {
  it.each([
    { send: "send-proxy", what: "version 1" },
    { send: "send-proxy-v2", what: "version 2" },
    { send: "send-proxy-v2 proxy-v2-options crc32c,unique-id", what: "CRC and unique id" },
  ])("$what ($send)", async ({ send }) => {
    await using target = await listenOn();
    const port = await unusedPort();
    await using _ = await startHaproxy(
      `frontend in
  bind 127.0.0.1:${port}
  unique-id-format %{+X}o\\ %ci:%cp
  default_backend out
backend out
  server target 127.0.0.1:${target.port} ${send}`,
      port,
    );
    const client = await connectTo(port);
    client.write("payload");
    const { header, rest } = await headerFrom(target, from(client));
    expect(header.command).toBe("PROXY");
    expect(header.source).toEqual({ address: "127.0.0.1", port: client.localPort });
    expect(header.destination).toEqual({ address: "127.0.0.1", port });
    expect(rest).toBe("payload");
    if (send.includes("crc32c")) {
      expect(header.tlv(PP2_TYPE_CRC32C)).toHaveLength(4);
      expect(Buffer.from(uniqueId(header) ?? []).length).toBeGreaterThan(0);
    }
    client.destroy();
  });

  it.each(["send-proxy-v2-ssl", "send-proxy-v2-ssl-cn"])("tells about TLS with %s and its options", async (send) => {
    await using target = await listenOn();
    const port = await unusedPort();
    const pem = await readFile(new URL("./fixtures/test-only.pem", import.meta.url));
    await using _ = await startHaproxy(
      `frontend in
  bind 127.0.0.1:${port} ssl crt ${new URL("./fixtures/test-only.pem", import.meta.url).pathname}
  default_backend out
backend out
  server target 127.0.0.1:${target.port} ${send} proxy-v2-options ssl,cert-cn,ssl-cipher,cert-sig,cert-key,authority,crc32c`,
      port,
    );
    const client = connectTls({
      port,
      host: "127.0.0.1",
      ca: pem,
      servername: "edgekit.test",
      checkServerIdentity: () => undefined,
    });
    await once(client, "secureConnect");
    client.write("payload");
    const { header, rest } = await headerFrom(target, from(client));
    const info = ssl(header);
    expect(info?.version).toMatch(/^TLSv1\.[23]$/);
    expect(info?.cipher).toContain("AES");
    expect(info?.verified).toBe(false);
    expect(authority(header)).toBe("edgekit.test");
    expect(rest).toBe("payload");
    client.destroy();
  });

  it("sends LOCAL on its health checks with check-send-proxy", async () => {
    await using target = await listenOn();
    const port = await unusedPort();
    await using _ = await startHaproxy(
      `frontend in
  bind 127.0.0.1:${port}
  default_backend out
backend out
  server target 127.0.0.1:${target.port} check inter 200ms check-send-proxy send-proxy-v2 proxy-v2-options crc32c`,
      port,
    );
    const { header } = await headerFrom(target, ({ command }) => command === "LOCAL");
    expect(header.source).toBeNull();
    expect(header.tlv(PP2_TYPE_CRC32C)).toHaveLength(4);
  });
});

/** The header of the first connection that fits, and what came behind it. Others are let go: probes, health checks. */
async function headerFrom(
  target: TcpServer,
  fits: (header: Header) => boolean,
): Promise<{ header: Header; rest: string }> {
  for (;;) {
    const socket = await withDeadline(target.accept(), "a connection");
    const decoder = new HeaderDecoder({ crc32c: "verify" });
    let found: Header | undefined;
    let rest = "";
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      if (found === undefined) {
        const result = decoder.push(chunk);
        if (result.status === "invalid") throw new Error(`${result.code} at ${result.offset}`);
        if (result.status === "incomplete") continue;
        if (!fits(result.header)) break;
        found = result.header;
        rest = Buffer.from(decoder.rest).toString();
      } else {
        rest += chunk;
      }
      if (found.command === "LOCAL" || rest.length >= "payload".length) break;
    }
    socket.destroy();
    if (found !== undefined) return { header: found, rest };
  }
}

const from =
  ({ localPort }: Socket) =>
  (header: Header): boolean =>
    header.source?.port === localPort;
