import { type Application, type Reading, receivingServer } from "./receiving-server.ts";

/** A server behind a proxy, in a process of its own: `receive-process READING APPLICATION PORT`. */
const [reading, application, port] = process.argv.slice(2);

receivingServer(reading as Reading, application as Application).listen({
  port: Number(port),
  host: "127.0.0.1",
  backlog: 4096,
});
