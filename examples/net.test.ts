import { collect, trackLeaks } from "@edgekit/testkit";
import { expect, it } from "vitest";
import { connectAsBalancer, runServer } from "./run-example.ts";

trackLeaks();

it("net.js greets the client, and names the VPC endpoint", async () => {
  await using example = await runServer("./net.js");
  const { bytes } = await collect(await connectAsBalancer(example.port));
  expect(bytes.toString()).toBe("hello 198.51.100.7 through vpce-08d2bf15fac5001c9\n");
});
