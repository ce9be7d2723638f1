// An HTTPS service: the load balancer passes TLS through, the PROXY header comes before it.
// Run: TLS_KEY=key.pem TLS_CERT=cert.pem PORT=8443 node https.js
import { readFileSync } from "node:fs";
import https from "node:https";
import { proxyProtocol } from "@edgekit/pp2/node";

const key = readFileSync(process.env.TLS_KEY ?? "key.pem");
const cert = readFileSync(process.env.TLS_CERT ?? "cert.pem");

export const server = https.createServer({ key, cert }, (req, res) => {
  res.end(`hello ${req.socket.remoteAddress}\n`);
});

proxyProtocol(server, { trusted: ["127.0.0.1", "10.0.0.0/8"] });

server.listen(Number(process.env.PORT ?? 8443));
