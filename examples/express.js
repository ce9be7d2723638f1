// Express needs nothing but the server: req.ip is the client's. Leave "trust proxy" off, it is about HTTP headers.
// Run: PORT=8080 node express.js
import http from "node:http";
import { proxyInfo, proxyProtocol } from "@edgekit/pp2/node";
import express from "express";

const app = express();

app.get("/", (req, res) => {
  res.json({ client: req.ip, loadBalancer: proxyInfo(req)?.peer.address });
});

export const server = http.createServer(app);

proxyProtocol(server, { trusted: ["127.0.0.1", "10.0.0.0/8"] });

server.listen(Number(process.env.PORT ?? 8080));
