import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export type Program = "haproxy" | "nginx" | "wrk";

/** What the benches need from Debian. */
const debianPackages: Readonly<Record<Program, string>> = {
  haproxy: "haproxy",
  nginx: "nginx-light libnginx-mod-stream",
  wrk: "wrk",
};

/** For each program that is not installed, the line that installs it. */
export function missingPrograms(folders: readonly string[] = usualFolders()): ReadonlyMap<Program, string> {
  const names = Object.keys(debianPackages) as Program[];
  const missing = names.filter((name) => !folders.some((folder) => isProgram(join(folder, name))));
  return new Map(missing.map((name) => [name, `apt-get install ${debianPackages[name]}`]));
}

function usualFolders(): readonly string[] {
  return [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
