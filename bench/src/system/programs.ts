import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What the system benches need from Debian, by the program's name. */
const debianPackages: Readonly<Record<string, string>> = {
  haproxy: "haproxy",
  nginx: "nginx-light libnginx-mod-stream",
  wrk: "wrk",
};

/** For each program that is not installed, the line that installs it. */
export function missingPrograms(): ReadonlyMap<string, string> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const missing = Object.entries(debianPackages).filter(
    ([name]) => !folders.some((folder) => isProgram(join(folder, name))),
  );
  return new Map(missing.map(([name, packages]) => [name, `apt-get install ${packages}`]));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
