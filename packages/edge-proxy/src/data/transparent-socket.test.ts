import { closeSync } from "node:fs";
import { listenOn } from "@edgekit/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";
import { TransparentSockets } from "./transparent-socket.ts";

afterEach(() => {
  vi.doUnmock("koffi");
});

describe.skipIf(process.platform !== "linux")("needs Linux: sockets with foreign addresses", () => {
  it("say that koffi is missing, where it is, and open nothing", async () => {
    vi.doMock("koffi", () => {
      throw new Error("Cannot find package 'koffi'");
    });
    const sockets = new TransparentSockets();
    expect(await sockets.load()).toMatch(/^the optional package koffi cannot be loaded \(/);
    expect(sockets.open("198.51.100.7", 40_000)).toEqual({ errno: "ENOSYS" });
  });

  it("are a result and no exception where they cannot be opened", async () => {
    const sockets = new TransparentSockets();
    const missing = await sockets.load();
    if (missing !== undefined) return expect(missing).toMatch(/koffi|CAP_NET_ADMIN/);
    for (const address of ["198.51.100.7", "2001:db8::7"]) {
      const first = sockets.open(address, 40_000);
      if (!("fd" in first)) throw new Error(first.errno);
      // Two flows of one client port to two targets are both right, so that only the connect tells a collision.
      const second = sockets.open(address, 40_000);
      expect(second).toHaveProperty("fd");
      if ("fd" in second) closeSync(second.fd);
      closeSync(first.fd);
    }
    await using server = await listenOn();
    expect(sockets.open("127.0.0.1", server.port)).toEqual({ errno: "EADDRINUSE" });
  });
});
