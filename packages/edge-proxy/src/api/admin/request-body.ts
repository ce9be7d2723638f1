import type { IncomingMessage } from "node:http";

/** What the ELBv2 API may be sent: far more than AWS's largest request needs. */
export const maxBodyBytes: number = 1024 * 1024;

/** Reads a whole body. @returns undefined when it is too large; the rest is dropped as it comes */
export async function readBody(request: IncomingMessage, maxBytes: number = maxBodyBytes): Promise<string | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > maxBytes) {
      request.resume();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
