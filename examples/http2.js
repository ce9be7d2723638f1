// An HTTP/2 service: one header for the connection counts for all its streams.
// Run: TLS_KEY=key.pem TLS_CERT=cert.pem PORT=8443 node http2.js
import { readFileSync } from "node:fs";
import http2 from "node:http2";
import { proxyInfo, proxyProtocol } from "@edgekit/pp2/node";

const key = readFileSync(process.env.TLS_KEY ?? "key.pem");
const cert = readFileSync(process.env.TLS_CERT ?? "cert.pem");

export const server = http2.createSecureServer({ key, cert });

server.on("stream", (stream) => {
  stream.end(`hello ${proxyInfo(stream)?.client.address}\n`);
});

proxyProtocol(server, { trusted: ["127.0.0.1", "10.0.0.0/8"] });

server.listen(Number(process.env.PORT ?? 8443));
