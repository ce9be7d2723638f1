import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders = new Set<BenchFolder>();
process.once("exit", () => {
  for (const folder of folders) folder.remove();
});

/** A folder for configs, gone at the end, also when that comes early. */
export class BenchFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), "edgekit-bench-"));

  constructor() {
    folders.add(this);
  }

  write(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    folders.delete(this);
    rmSync(this.path, { recursive: true, force: true });
  }
}
