import { appendFile, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSettledFile } from "./settled-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgekit-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a file that is being written", () => {
  it("is read when the writer is done", async () => {
    const file = join(folder, "slow.yaml");
    await writeFile(file, "");
    const read = readSettledFile(file);
    for (const part of ["a", "b", "c"]) await appendFile(file, part);
    expect(String(await read)).toBe("abc");
  });

  it("is read at once when it has rested, also one from the future", async () => {
    const file = join(folder, "old.yaml");
    await writeFile(file, "old");
    const hour = 3_600_000;
    for (const ms of [-hour, hour]) {
      const date = new Date(Date.now() + ms);
      await utimes(file, date, date);
      expect(String(await readSettledFile(file))).toBe("old");
    }
  });
});
