import { ConfigWatch } from "../api/config/config-watch.ts";
import type { EdgeProxy } from "../edge-proxy.ts";
import type { Reloaded } from "../edge-proxy-options.ts";
import { EdgeProxyError } from "../error.ts";
import { printError } from "./output.ts";

export interface ReloadOptions {
  /** Watched, if given. */
  readonly file: string | undefined;
  /** Prints what has changed. */
  readonly say: (text: string) => void;
}

/** Reloads at SIGHUP, and whenever the file changes. What is wrong with the new config goes to standard error, and the old one stays. */
export async function reloadOnRequest(nlb: EdgeProxy, { file, say }: ReloadOptions): Promise<AsyncDisposable> {
  const reload = (): void => {
    nlb.reload().then(
      (reloaded) => say(reloadText(reloaded)),
      (error: unknown) => {
        const reason = error instanceof EdgeProxyError ? error.message : String(error);
        printError(`Not reloaded, nothing has changed:\n${reason}\n`);
      },
    );
  };
  const complain = ({ message }: Error): void =>
    printError(`Cannot watch ${file} any more (SIGHUP still reloads it): ${message}\n`);
  const watch = file === undefined ? undefined : new ConfigWatch(file, reload, complain);
  await watch?.ready;
  process.on("SIGHUP", reload);
  return {
    async [Symbol.asyncDispose]() {
      process.off("SIGHUP", reload);
      await watch?.close();
    },
  };
}

const signs = { added: "+", removed: "-", changed: "~" } as const;

function reloadText({ changes, warnings, atNextStart }: Reloaded): string {
  return [
    changes.length === 0 ? "Reloaded: nothing is different." : "Reloaded:",
    ...changes.map(({ kind, what }) => `  ${signs[kind]} ${what}`),
    ...atNextStart.map((key) => `  ${key} is different: that takes effect at the next start`),
    ...warnings.map((warning) => `Warning: ${warning}`),
    "",
  ].join("\n");
}
