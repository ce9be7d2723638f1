import { expect, it } from "vitest";
import { Cli } from "./support/cli.ts";

const config = Buffer.from(`loadBalancers:
  - name: web
    listeners: [{ port: 8080, targetGroup: app }]
targetGroups:
  - { name: app, port: 3000, targets: [{ id: 127.0.0.1 }] }
`);

it.each([
  ["check", [], "standard input is valid: 1 load balancer, 1 target group\n"],
  ["routes", [], "# Nothing to do: no target group here preserves the addresses of clients on other machines.\n"],
  ["explain", ["--from", "127.0.0.9:40001", "--to", "web:8080", "--json"], '"target": "127.0.0.1:3000"'],
])("edge-proxy %s - takes the config from standard input", async (command, options, answer) => {
  await using cli = new Cli({ input: config }, command, "-", ...options);
  expect([await cli.exit(), cli.stderr]).toEqual([0, ""]);
  expect(cli.stdout).toContain(answer);
});

it("a mistake there has its line and column, and what is no text is refused", async () => {
  await using misspelt = new Cli({ input: Buffer.from("loadBalancer: []\n") }, "check", "-");
  expect([await misspelt.exit(), misspelt.stdout]).toEqual([2, ""]);
  expect(misspelt.stderr).toMatch(/^standard input:1:1: .*loadBalancers/);
  await using binary = new Cli({ input: Buffer.from([0xff, 0xfe, 0x61, 0x00]) }, "check", "-");
  expect(await binary.exit()).toBe(2);
  expect(binary.stderr).toBe("standard input is not text in UTF-8: save it with that encoding\n");
});
