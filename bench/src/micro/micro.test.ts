import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { decode as balenaDecode } from "@balena/proxy-protocol-parser";
import { nlbHealthCheckHeader } from "@edgekit/pp2";
import { Command, IPv4ProxyAddress, TransportProtocol, V2ProxyProtocol } from "proxy-protocol-js";
import { expect, test } from "vitest";
import { measureAllocations } from "./allocation.ts";
import { checkAnswers } from "./line.ts";
import { lines } from "./lines.ts";
import { clientsOfOneEndpoint, nlbSample } from "./sample.ts";

// No test here looks at a time: what is pinned is that the times are of the same work.

test.each(lines.map((line) => [line.name, line] as const))(
  "every contestant of %s finds the right answer",
  (_, line) => {
    const contestants = checkAnswers(line);
    expect(contestants.length).toBeGreaterThan(1);
    for (const { run } of contestants) expect(run).not.toThrow();
  },
);

test.each(lines.map((line) => [line.name, line] as const))(
  "targets of %s are about contestants that it has",
  (_, line) => {
    const names = line.contestants().map(({ name }) => name);
    const named = line.targets.flatMap((target) => {
      if (target.kind === "ratio") return [target.of, target.over];
      return target.kind === "difference" ? [target.of, target.minus] : [target.of];
    });
    expect(names).toEqual(expect.arrayContaining([line.reference, ...named]));
  },
);

test("a contestant with a wrong answer stops the bench", () => {
  const wrong = { name: "wrong", run: () => {}, inputs: 1, found: () => [1, 3], expected: [1, 2] };
  const line = { ...lines[0]!, name: "sums", contestants: () => [wrong] };
  expect(() => checkAnswers(line)).toThrow("sums: wrong finds 3 in input 1, where there is 2");
});

test("the first header is the PrivateLink header captured from a Network Load Balancer, byte for byte", () => {
  expect(nlbSample(clientsOfOneEndpoint).bytes[0]?.toString("hex")).toBe(
    `0d0a0d0a000d0a515549540a21110054ac1f0771ac1f0a1fc8f20050030004e8d6892dea00170176${Buffer.from(
      "pce-08d2bf15fac5001c9",
    ).toString("hex")}040024${"00".repeat(36)}`,
  );
});

test("a view and a template allocate less than 64 KiB in a million rounds", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const allocations = measureAllocations(collect);
  expect(allocations).toHaveLength(3);
  for (const { name, bytes } of allocations) expect(bytes, name).toBeLessThan(64 * 1024);
});

test("not here: @balena/proxy-protocol-parser takes an NLB's health check for a connection of a client", () => {
  // The command byte is not looked at, so the CRC32C is read as an address.
  expect(balenaDecode(Buffer.from(nlbHealthCheckHeader()), true)).toMatchObject({ remoteFamily: "IPv4" });
});

test("not here: proxy-protocol-js leaves TLVs out of the length that it writes", () => {
  const { sourceAddress, sourcePort, destinationAddress, destinationPort } = V2ProxyProtocol.parse(
    nlbSample(clientsOfOneEndpoint).bytes[0]!,
  ).proxyAddress as IPv4ProxyAddress;
  const addresses = new IPv4ProxyAddress(sourceAddress, sourcePort, destinationAddress, destinationPort);
  const tlv = Uint8Array.of(4, 0, 1, 0);
  const built = new V2ProxyProtocol(Command.PROXY, TransportProtocol.STREAM, addresses, tlv).build();
  expect([built.length, (built[14]! << 8) | built[15]!]).toEqual([32, 12]);
});
