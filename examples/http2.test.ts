import http2 from "node:http2";
import tls from "node:tls";
import { testOnlyTls, trackLeaks } from "@edgekit/testkit";
import { expect, it } from "vitest";
import { connectAsBalancer, runServer } from "./run-example.ts";

trackLeaks();

it("http2.js greets the client on each stream", async () => {
  await using example = await runServer("./http2.js");
  const socket = await connectAsBalancer(example.port);
  while (socket.writableCorked > 0) socket.uncork();
  const session = http2.connect(`https://127.0.0.1:${example.port}`, {
    createConnection: () => tls.connect({ socket, host: "127.0.0.1", ca: testOnlyTls.cert, ALPNProtocols: ["h2"] }),
  });
  for (let asked = 0; asked < 2; asked += 1) {
    const body = await session.request({ ":path": "/" }).toArray();
    expect(Buffer.concat(body).toString()).toBe("hello 198.51.100.7\n");
  }
  session.destroy();
});
