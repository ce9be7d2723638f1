import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** An address that no proxy here has. */
const clientAddress = "127.0.0.7";

/**
 * Asks the server behind a proxy who its client is.
 * @param header whether the proxy tells it; if not, the proxy itself is all that it can see
 * @throws Error when the answer is wrong: no work at all can be done in no time
 */
export async function checkSeenClient(port: number, header: boolean): Promise<void> {
  const signal = AbortSignal.timeout(5_000);
  const request = get({ port, host: "127.0.0.1", localAddress: clientAddress, agent: false, signal });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const client = `${clientAddress}:${response.socket.localPort}`;
  const seen = await text(response);
  if (header && seen !== client) throw new Error(`it takes ${client} for ${seen}`);
  if (!header && !/^127\.0\.0\.1:\d+$/.test(seen)) throw new Error(`it takes its proxy, 127.0.0.1, for ${seen}`);
}
