import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runHere } from "./support/run-here.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "edge-proxy-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("edge-proxy init", () => {
  it("writes a config that `check` accepts without a warning", async () => {
    const file = join(folder, "nlb.yaml");
    expect((await runHere("init", file)).code).toBe(0);
    const { code, stdout } = await runHere("check", file, "--json");
    expect([code, JSON.parse(stdout)]).toEqual([0, { ok: true, problems: [], warnings: [] }]);
  });

  it("replaces a file only with --force", async () => {
    const file = join(folder, "nlb.yaml");
    await writeFile(file, "mine");
    const { code, stderr } = await runHere("init", file);
    expect([code, stderr]).toEqual([1, `${file} already exists; --force replaces it\n`]);
    expect(await readFile(file, "utf8")).toBe("mine");
    expect((await runHere("init", file, "--force")).code).toBe(0);
    expect(await readFile(file, "utf8")).toContain("loadBalancers:");
  });

  it("names the schema of the project's own copy where there is one, else that of this program", async () => {
    const schemaOf = async (file: string): Promise<string> => {
      await runHere("init", file);
      const [line = ""] = (await readFile(file, "utf8")).split("\n");
      return line.replace("# yaml-language-server: $schema=", "");
    };
    const outside = await schemaOf(join(folder, "nlb.yaml"));
    expect(outside).toMatch(/^\/.*nlb\.schema\.json$/);
    expect(await readFile(outside, "utf8")).toBe((await runHere("schema")).stdout);
    const installed = join(folder, "node_modules/@edgekit/edge-proxy");
    await mkdir(installed, { recursive: true });
    await mkdir(join(folder, "test"));
    await writeFile(join(installed, "nlb.schema.json"), "{}");
    expect(await schemaOf(join(folder, "a.yaml"))).toBe("./node_modules/@edgekit/edge-proxy/nlb.schema.json");
    expect(await schemaOf(join(folder, "test/a.yaml"))).toBe("../node_modules/@edgekit/edge-proxy/nlb.schema.json");
  });

  it("says why a file cannot be written", async () => {
    const { code, stderr } = await runHere("init", join(folder, "no/such/folder.yaml"));
    expect([code, stderr]).toEqual([1, expect.stringContaining("cannot write")]);
  });
});
