import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import type { NodeRuntime } from "../node-runtime.ts";

/** Where figures come from; without it they mean nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly v8: string;
  /** Other Nodes that took part. */
  readonly otherNodes: readonly string[];
  /** npm packages and programs. */
  readonly versions: Readonly<Record<string, string>>;
}

const packages = ["benchmark", "proxy-protocol-js", "@balena/proxy-protocol-parser", "findhit-proxywrap"];

/** How each program tells its version. */
const programs: readonly (readonly [name: string, argument: string, pattern: RegExp])[] = [
  ["haproxy", "-v", /version (\S+)/],
  ["nginx", "-v", /nginx\/(\S+)/],
  ["wrk", "-v", /wrk (?:debian\/)?(\S+)/],
];

export function describeMachine(runtimes: readonly NodeRuntime[]): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    v8: process.versions.v8,
    otherNodes: runtimes.slice(1).map(({ version }) => version),
    versions: Object.fromEntries([
      ...packages.map((name) => [name, packageVersion(name)]),
      ...programs.flatMap(([name, argument, pattern]) => {
        const version = programVersion(name, argument, pattern);
        return version === undefined ? [] : [[name, version]];
      }),
    ]),
  };
}

function packageVersion(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function programVersion(name: string, argument: string, pattern: RegExp): string | undefined {
  try {
    // Some write to standard error, and wrk exits with 1.
    const output = execFileSync("sh", ["-c", `PATH="$PATH:/usr/sbin:/sbin" ${name} ${argument} 2>&1 || true`]);
    return pattern.exec(output.toString())?.[1];
  } catch {
    return undefined;
  }
}
