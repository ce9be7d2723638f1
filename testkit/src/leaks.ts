import { afterEach, beforeEach, expect } from "vitest";

const socketKinds = new Set(["TCPSocketWrap", "TCPServerWrap", "TLSWrap", "PipeWrap", "PipeServerWrap", "UDPWrap"]);

/** How many socket handles this process holds right now. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => socketKinds.has(kind)).length;
}

/**
 * Registers hooks that fail a test which leaves a socket or server behind.
 * A close needs a turn or two of the event loop, so the count is given up to a second to come down.
 */
export function trackLeaks(): void {
  let baseline = 0;
  beforeEach(() => {
    baseline = openSockets();
  });
  afterEach(async () => {
    const giveUpAt = performance.now() + 1_000;
    while (openSockets() > baseline && performance.now() < giveUpAt) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(openSockets(), "sockets still open after the test").toBeLessThanOrEqual(baseline);
  });
}
