import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { EdgeProxyError, systemReason } from "../error.ts";
import { print } from "./output.ts";
import { schemaFile } from "./schema.ts";
import { startingConfig } from "./starting-config.ts";

/** `edge-proxy init [FILE]` */
export async function init(file: string, { force = false }: { readonly force?: boolean }): Promise<void> {
  try {
    await writeFile(file, startingConfig(schemaPath(file)), { flag: force ? "w" : "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "EEXIST"
        ? `${file} already exists; --force replaces it`
        : `cannot write ${file}: ${systemReason(error)}`;
    throw new EdgeProxyError("EDGE_FILE", why, { cause: error });
  }
  print(`${file} is written. Put your targets into it, then:\n  edge-proxy check ${file}\n  edge-proxy run ${file}\n`);
}

/**
 * The schema as an editor finds it from the config: below `node_modules` of the project, so that the line holds for everybody
 * who works on it; else where this program is.
 */
function schemaPath(file: string): string {
  const folder = dirname(resolve(file));
  const installed = join("node_modules", "@edgekit", "edge-proxy", "nlb.schema.json");
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, installed))) {
      const path = relative(folder, join(at, installed));
      return path.startsWith("..") ? path : `./${path}`;
    }
    if (at === dirname(at)) return fileURLToPath(schemaFile);
  }
}
