import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { anchors, type Fence, fences, links, replaceBodies } from "./support/markdown.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const bin = fileURLToPath(new URL("../bin/edge-proxy.js", import.meta.url));

const pages = [
  ...readdirSync(join(root, "docs")).map((name) => join("docs", name)),
  ...["pp2", "health", "edge-proxy"].map((name) => join("packages", name, "README.md")),
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md"],
].filter((path) => path.endsWith(".md"));

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function withFences(wanted: (fence: Fence) => boolean): [path: string, fences: readonly Fence[]][] {
  return pages.flatMap((path) => {
    const found = fences(read(path)).filter(wanted);
    return found.length === 0 ? [] : [[path, found] as [string, readonly Fence[]]];
  });
}

/** Holds blocks of a page against what they should be. UPDATE_DOCS=1 writes it there. */
function expectBodies(path: string, bodies: ReadonlyMap<Fence, string>): void {
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(join(root, path), replaceBodies(read(path), bodies));
  else for (const [{ body }, wanted] of bodies) expect(body, path).toBe(wanted);
}

describe("the pages", () => {
  it.each(pages)("%s has no link that leads nowhere", (path) => {
    for (const link of links(read(path))) {
      if (/^[a-z]+:/.test(link)) continue;
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? path : relative(root, join(root, dirname(path), file));
      expect(existsSync(join(root, target)), `${link} in ${path}`).toBe(true);
      if (anchor !== undefined && target.endsWith(".md")) expect(anchors(read(target)), link).toContain(anchor);
    }
  });

  it("are all to be found from docs/README.md", () => {
    const linked = links(read("docs/README.md"));
    const others = pages.filter((path) => path.startsWith("docs/")).map((path) => path.slice("docs/".length));
    expect(others.filter((name) => name !== "README.md" && !linked.includes(name))).toEqual([]);
  });
});

describe("what the pages quote", () => {
  it.each(withFences(({ note }) => note?.kind === "example"))("%s: examples are those that run", (path, quotes) => {
    expectBodies(path, new Map(quotes.map((fence) => [fence, read(join("examples", fence.note?.text ?? ""))])));
  });

  it.each(withFences(({ language }) => language === "console"))("%s: commands print what is shown", async (path) => {
    const folder = mkdtempSync(join(tmpdir(), "edgekit-docs-"));
    try {
      writeFileSync(join(folder, "edge-proxy"), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
      chmodSync(join(folder, "edge-proxy"), 0o755);
      const all = fences(read(path));
      for (const { note, body } of all) if (note?.kind === "file") writeFileSync(join(folder, note.text), body);
      const bodies = new Map<Fence, string>();
      for (const fence of all)
        if (fence.language === "console") bodies.set(fence, await transcript(fence.body, folder));
      expectBodies(path, bodies);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Runs the lines that begin with `$ ` and gives them back, each with what it really prints. */
async function transcript(body: string, folder: string): Promise<string> {
  let text = "";
  for (const [line, command = ""] of body.matchAll(/^\$ (.*)$/gm)) text += `${line}\n${await printed(command, folder)}`;
  return text;
}

function printed(command: string, folder: string): Promise<string> {
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}`, NO_COLOR: "1" };
  return new Promise((resolve) => {
    // The end's code says nothing here: some examples are there to fail.
    execFile("sh", ["-c", `exec 2>&1; ${command}`], { cwd: folder, env }, (_, stdout) => resolve(stdout));
  });
}
