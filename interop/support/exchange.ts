import { type Collected, collect, connectTo, withDeadline } from "@edgekit/testkit";

/** Sends bytes on a connection of their own, then FIN, and gives all that comes back. */
export async function exchange(port: number, ...parts: (Uint8Array | string)[]): Promise<Collected> {
  const client = await connectTo(port);
  client.end(Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
  return withDeadline(collect(client), "the answer");
}

/** The status and body of an HTTP response; status 0 when there is none. */
export function httpAnswer({ bytes }: Collected): { status: number; body: string } {
  const text = bytes.toString();
  const status = Number(/^HTTP\/1\.\d (\d{3}) /.exec(text)?.[1] ?? 0);
  return { status, body: text.slice(text.indexOf("\r\n\r\n") + 4) };
}
