import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { missingPrograms } from "./programs.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "edgekit-programs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what is not installed is named with the line that installs it", () => {
  expect(Object.fromEntries(missingPrograms([folder]))).toEqual({
    haproxy: "apt-get install haproxy",
    nginx: "apt-get install nginx-light libnginx-mod-stream",
    wrk: "apt-get install wrk",
  });
});

test("a program is there when one of the folders has it, and it can be run", () => {
  writeFileSync(join(folder, "wrk"), "", { mode: 0o755 });
  writeFileSync(join(folder, "nginx"), "", { mode: 0o644 });
  expect([...missingPrograms(["/nowhere", folder]).keys()]).toEqual(["haproxy", "nginx"]);
});
