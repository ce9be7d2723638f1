import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TempFile extends AsyncDisposable {
  readonly path: string;
}

/** A file in a folder of its own, both gone at the end. */
export async function tempFile(name: string, content: string | Uint8Array): Promise<TempFile> {
  const folder = await mkdtemp(join(tmpdir(), "edgekit-"));
  const path = join(folder, name);
  await writeFile(path, content);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
