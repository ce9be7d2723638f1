import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian keeps daemons, which is not on every user's PATH. */
const systemFolders = ["/usr/sbin", "/sbin", "/usr/local/sbin"];

/** The full path of an installed program, or undefined. */
function findCommand(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...systemFolders];
  return folders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Whether a program is installed, for `describe.skipIf(!hasCommand("nginx"))("needs nginx: …")`. */
export function hasCommand(name: string): boolean {
  return findCommand(name) !== undefined;
}

/** Whether this process may make network namespaces and bind any address. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
