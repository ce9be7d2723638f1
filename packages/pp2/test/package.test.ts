import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { describe, expect, it } from "vitest";
import { nlbHeader } from "../src/index.ts";

const codec = fileURLToPath(new URL("../src/index.ts", import.meta.url));
const init = {
  source: { address: "203.0.113.7", port: 51_234 },
  destination: { address: "10.0.0.5", port: 443 },
  awsVpcEndpointId: "vpce-08d2bf15fac5001c9",
};

it("hands out its vectors and their runner, under the names that the vectors' README has", async () => {
  const { loadVectors } = await import("@edgekit/pp2/vectors/runner.js");
  const { default: vectors } = await import("@edgekit/pp2/vectors/pp2-vectors.json", { with: { type: "json" } });
  expect(loadVectors()).toEqual(vectors);
});

describe("the codec as other runtimes get it: bundled and minified", () => {
  it("has fewer than 8.75 KiB as it travels, compressed, and 21.5 KiB as it is parsed", async ({ annotate }) => {
    const { code } = await bundleCodec({ format: "esm" });
    const compressed = gzipSync(code).length;
    await annotate(`${code.length} bytes, ${compressed} with gzip`);
    expect(compressed).toBeLessThan(8.75 * 1024);
    expect(code.length).toBeLessThan(21.5 * 1024);
  });

  it.each([
    ["HeaderView", 11.7],
    ["decode", 12],
    ["HeaderTemplate", 8],
    ["encode", 7.4],
  ])("of a program that uses %s only it has fewer than %s KiB", async (name, kibibytes) => {
    const { code } = await bundleExport(name);
    expect(code.length).toBeLessThan(kibibytes * 1024);
  });

  it("imports nothing, not even what the bundler would leave to the runtime", async () => {
    const { code, imports } = await bundleCodec({ format: "esm", external: ["node:*"] });
    expect(imports).toEqual([]);
    expect(code).not.toContain("node:");
  });

  it("needs nothing but the language and TextDecoder", async () => {
    const { code } = await bundleCodec({ format: "iife", globalName: "pp2" });
    const context = createContext({ TextDecoder, init });
    runInContext(code, context);
    runInContext(
      'const bytes = pp2.nlbHeader(init); const { header } = pp2.decode(bytes, { crc32c: "require" });',
      context,
    );
    expect(Array.from(runInContext("bytes", context))).toEqual(Array.from(nlbHeader(init)));
    expect({ ...runInContext("header.source", context) }).toEqual(init.source);
    expect(runInContext("pp2.awsVpcEndpointId(header)", context)).toBe(init.awsVpcEndpointId);
  });
});

/** What a program gets that uses one export. */
function bundleExport(name: string): ReturnType<typeof bundleCodec> {
  const contents = `export { ${name} } from ${JSON.stringify(codec)};`;
  return bundleCodec({ format: "esm", entryPoints: [], stdin: { contents, resolveDir: "." } });
}

async function bundleCodec(options: BuildOptions): Promise<{ code: string; imports: string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [codec],
    bundle: true,
    minify: true,
    platform: "neutral",
    target: "es2023",
    logLevel: "silent",
    ...options,
    write: false,
    metafile: true,
  });
  return {
    code: outputFiles[0]?.text ?? "",
    imports: Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path)),
  };
}
