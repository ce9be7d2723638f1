import { nlbHeader } from "@edgekit/pp2";
import { describe, expect, it } from "vitest";
import { Cli } from "./support/cli.ts";
import { runHere } from "./support/run-here.ts";
import { tempFile } from "./support/temp-file.ts";

const header = nlbHeader({
  source: { address: "198.51.100.7", port: 40_001 },
  destination: { address: "10.0.0.5", port: 443 },
  awsVpcEndpointId: "vpce-08d2bf15fac5001c9",
});
const hex = Buffer.from(header).toString("hex");

async function decodeText(text: string, ...words: string[]): Promise<Awaited<ReturnType<typeof runHere>>> {
  await using file = await tempFile("header.hex", text);
  return await runHere("decode", file.path, ...words);
}

describe("edge-proxy decode", () => {
  it("prints the meaning of each run of bytes, and what follows the header", async () => {
    const { code, stdout, stderr } = await decodeText(`${hex}${Buffer.from("GET /").toString("hex")}`);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("PROXY protocol version 2, 100 bytes\n");
    expect(stdout).toMatch(/\n {4}16 {2}c6 33 64 07 +source address: 198\.51\.100\.7\n/);
    expect(stdout).toContain("id: vpce-08d2bf15fac5001c9\n");
    expect(stdout).toContain('5 bytes follow: "GET /"\n');
  });

  it("reads raw bytes from standard input", async () => {
    await using cli = new Cli({ input: header }, "decode", "--json");
    expect(await cli.exit()).toBe(0);
    expect(JSON.parse(cli.stdout)).toMatchObject({ ok: true, start: 0, version: 2, length: 100, following: 0 });
  });

  it("finds the header inside a packet", async () => {
    const { stdout } = await decodeText(`4500000000000000${hex}`, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, start: 8, length: 100 });
  });

  it("ends with 1 on a header that has to be refused, and says code, place and what is expected", async () => {
    const { code, stdout, stderr } = await decodeText(hex.replace("2111", "2211"));
    expect(code).toBe(1);
    expect(stderr).toBe("PP2_BAD_COMMAND at byte 12: expected 0x20 (LOCAL) or 0x21 (PROXY)\n");
    expect(stdout).toContain("version 2, unknown command 2 ←");
    const json = await decodeText(hex.slice(0, 60), "--json");
    expect([json.code, json.stderr]).toEqual([1, ""]);
    expect(JSON.parse(json.stdout).problem).toMatchObject({ code: "PP2_TRUNCATED", offset: 30 });
  });

  it("tells what came instead of a header", async () => {
    const { code, stdout, stderr } = await decodeText("474554202f20485454502f312e310d0a");
    expect(code).toBe(1);
    expect(stdout).toContain("no header: HTTP");
    expect(stderr).toContain("PP2_NOT_PROXY_PROTOCOL at byte 0");
  });

  it("ends with 2 on text that is not hexadecimal, and takes it as bytes with --binary", async () => {
    const { code, stderr } = await decodeText("GET / HTTP/1.1\r\n");
    expect([code, stderr]).toEqual([
      2,
      'this is not hexadecimal: line 1: "G" is not a hexadecimal digit; --binary takes bytes as they are\n',
    ]);
    expect((await decodeText("GET / HTTP/1.1\r\n", "--binary")).stderr).toContain("PP2_NOT_PROXY_PROTOCOL");
  });

  it("ends with 1 on a file that is not there", async () => {
    const { code, stderr } = await runHere("decode", "/nonexistent");
    expect([code, stderr]).toEqual([1, expect.stringContaining("cannot read /nonexistent")]);
  });
});
