import { connect, createServer } from "node:net";
import { nlbHeader } from "@edgekit/pp2";

/** The proxy that everyone writes first: `pipe-process PORT TARGET_PORT`. */
const [port, targetPort] = process.argv.slice(2).map(Number);

createServer((client) => {
  const target = connect({ port: targetPort ?? 0, host: "127.0.0.1" });
  const { remoteAddress = "127.0.0.1", remotePort = 0, localAddress = "127.0.0.1", localPort = 0 } = client;
  target.write(
    nlbHeader({
      source: { address: remoteAddress, port: remotePort },
      destination: { address: localAddress, port: localPort },
    }),
  );
  client.pipe(target);
  target.pipe(client);
  client.on("error", () => target.destroy());
  target.on("error", () => client.destroy());
}).listen({ port, host: "127.0.0.1", backlog: 4096 });
