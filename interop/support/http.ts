import { type Agent, get } from "node:http";

/** One request, on a connection of its own unless an agent says otherwise, with the port that the client really had. */
export function request(
  port: number,
  path = "/",
  agent: Agent | false = false,
): Promise<{ status: number; body: string; localPort: number }> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, agent }, (response) => {
      const localPort = response.socket.localPort ?? 0;
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body, localPort }));
    }).on("error", reject);
  });
}
