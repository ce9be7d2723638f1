import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A Node that runs what is ours. */
export interface NodeRuntime {
  /** As Node says it: `v20.20.2`. */
  readonly version: string;
  readonly execPath: string;
}

export const thisNode: NodeRuntime = { version: process.version, execPath: process.execPath };

const run = promisify(execFile);

/** The newest Node, from the npm package `node`, kept in the user's cache folder. */
export async function newestNode(): Promise<NodeRuntime> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "edgekit-bench", "node");
  await mkdir(folder, { recursive: true });
  await run("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "node@latest"]).catch((error: Error) => {
    const code = /npm error code (\S+)/.exec(error.message)?.[1] ?? error.message;
    throw new Error(`--newest-node: npm cannot install node@latest (${code}); it needs the npm registry`);
  });
  const execPath = join(folder, "node_modules", "node", "bin", "node");
  const { stdout } = await run(execPath, ["--version"]);
  return { version: stdout.trim(), execPath };
}

/** What sets the rows of a runtime apart: nothing for the one that everybody has. */
export function labelOf(runtime: NodeRuntime): string {
  return runtime.execPath === thisNode.execPath ? "" : `, Node ${runtime.version.slice(1)}`;
}
