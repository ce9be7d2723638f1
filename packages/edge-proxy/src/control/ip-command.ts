import { spawnSync } from "node:child_process";

/** What became of a call of `ip`, of the Debian package iproute2. */
export interface IpResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** What `ip` said, or why it could not be asked. */
  readonly stderr: string;
}

/** Calls `ip` and waits for it: a few milliseconds, at the start and the end only. */
export function ip(args: readonly string[], input = ""): IpResult {
  // Users who are not root often lack the folder that it is in.
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  const { status, stdout, stderr, error } = spawnSync("ip", args, { input, env, encoding: "utf8" });
  if (error !== undefined) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { ok: false, stdout: "", stderr: missing ? "the command ip (iproute2) is not installed" : error.message };
  }
  return { ok: status === 0, stdout, stderr: stderr.trim() };
}
