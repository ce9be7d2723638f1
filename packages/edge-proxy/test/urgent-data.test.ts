import type { Socket } from "node:net";
import { collect, connectTo, listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { loadLibc } from "../src/data/libc.ts";
import { descriptorOf } from "../src/inherited-sockets.ts";
import { startNlb } from "./support/nlb.ts";

trackLeaks();

const MSG_OOB = 1;

// Sockets hand it out apart from the other bytes, and Node does not ask for it.
describe.skipIf(process.platform !== "linux")("needs Linux: TCP urgent data", () => {
  let sendUrgent: (socket: Socket, text: string) => number;

  beforeAll(async () => {
    const send = (await loadLibc()).func("intptr_t send(int fd, void *bytes, size_t length, int flags)");
    sendUrgent = (socket, text) => send(descriptorOf(socket) ?? -1, Buffer.from(text), text.length, MSG_OOB);
  });

  // Many bytes are moved by the kernel, few are read.
  it.each([1, 2 * 1024 * 1024])("the urgent byte is dropped, %i bytes before and after it arrive", async (length) => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target] });
    const client = await connectTo(web.port);
    const got = collect(await target.accept());
    await new Promise<void>((resolve) => client.write(Buffer.alloc(length, "a"), () => resolve()));
    expect(sendUrgent(client, "!")).toBe(1);
    client.end(Buffer.alloc(length, "b"));
    const { bytes, end } = await withDeadline(got, "the end");
    expect(bytes.equals(Buffer.concat([Buffer.alloc(length, "a"), Buffer.alloc(length, "b")]))).toBe(true);
    expect(end).toBe("fin");
    client.destroy();
  });
});
