import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { nlbHeader } from "@edgekit/pp2";
import { hasCommand } from "@edgekit/testkit";
import { build, type Plugin } from "esbuild";
import { describe, expect, it } from "vitest";
import { runInChromium } from "./support/chromium.ts";

const pp2 = fileURLToPath(new URL("../packages/pp2/", import.meta.url));

describe.skipIf(!hasCommand("chromium"))("needs chromium: the codec in a browser", () => {
  it("passes every public vector", async () => {
    const vectors: unknown[] = JSON.parse(await readFile(`${pp2}vectors/pp2-vectors.json`, "utf8"));
    const reported = await runInChromium(
      await bundle(`
        import { runVectors } from "./vectors/runner.js";
        import vectors from "./vectors/pp2-vectors.json";
        import { decodeVector } from "./test/vector-adapter.ts";
        const results = runVectors(decodeVector, vectors);
        report({ vectors: results.length, failed: results.filter(({ wrong }) => wrong.length > 0) });
      `),
    );
    expect(reported).toEqual({ vectors: vectors.length, failed: [] });
  });

  it("writes and reads the bytes that it does in Node", async () => {
    const init = {
      source: { address: "203.0.113.7", port: 51_234 },
      destination: { address: "10.0.0.5", port: 443 },
      awsVpcEndpointId: "vpce-08d2bf15fac5001c9",
    };
    const reported = await runInChromium(
      await bundle(`
        import { awsVpcEndpointId, decode, HeaderTemplate, nlbHeader } from "./src/index.ts";
        const { source, destination, ...constant } = ${JSON.stringify(init)};
        const bytes = nlbHeader({ source, destination, ...constant });
        const template = new HeaderTemplate({ ...constant, family: "INET", crc32c: true, padTo: 100 });
        const { status, header } = decode(bytes, { crc32c: "require" });
        report({
          bytes: Array.from(bytes),
          fromTemplate: Array.from(template.encode(source, destination)),
          status,
          source: header.source,
          destination: header.destination,
          awsVpcEndpointId: awsVpcEndpointId(header),
        });
      `),
    );
    const bytes = Array.from(nlbHeader(init));
    expect(reported).toEqual({ bytes, fromTemplate: bytes, status: "ok", ...init });
  });

  it("reports what goes wrong in the page, so that a pass means something", async () => {
    expect(await runInChromium("throw new Error('as it should')")).toEqual({
      message: expect.stringContaining("as it should"),
    });
  });
});

/** The vector runner reads its vectors from a file unless it is given them, as it is here. */
const noFiles: Plugin = {
  name: "no-files",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:fs$/, namespace: "file" }, ({ path }) => ({ path, namespace: "no-files" }));
    onLoad({ filter: /.*/, namespace: "no-files" }, () => ({ contents: "export const readFileSync = undefined;" }));
  },
};

/** One script of a module that imports from the codec's package; anything of Node's in the codec fails here. */
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: pp2, loader: "ts" },
    bundle: true,
    format: "iife",
    platform: "browser",
    charset: "ascii",
    write: false,
    logLevel: "silent",
    plugins: [noFiles],
  });
  const [script] = outputFiles;
  if (script === undefined) throw new Error("no script came out");
  return script.text;
}
