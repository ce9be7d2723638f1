import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";

export interface BlackHole extends AsyncDisposable {
  readonly port: number;
}

const program = `
  const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 });
  server.once("listening", () => console.log(server.address().port));
`;

/**
 * A port that answers no SYN, as a host does that is gone: its process is stopped and its queue of connections is full. Linux
 * then drops what comes.
 */
export async function digBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(line.toString());
  child.kill("SIGSTOP");
  // A queue of n holds n + 1.
  const fillers = [await connected(port), await connected(port)];
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.destroy();
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
  };
}

async function connected(port: number): Promise<ReturnType<typeof connect>> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}
