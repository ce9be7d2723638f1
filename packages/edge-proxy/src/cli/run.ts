import { loadConfigFile } from "../api/config/load.ts";
import { EdgeProxy } from "../edge-proxy.ts";
import { banner } from "./banner.ts";
import { exitCodes, print } from "./output.ts";
import { untilSignal } from "./until-signal.ts";

/** `edge-proxy run FILE` */
export async function run(file: string, { drainSeconds }: { readonly drainSeconds: number }): Promise<void> {
  const loaded = await loadConfigFile(file);
  const signal = untilSignal();
  const nlb = await new EdgeProxy(loaded).start();
  print(banner(nlb, loaded.config.timeScale ?? 1));
  await signal;
  await nlb.close({ drainMs: drainSeconds * 1000 });
  // What else may hold the process, such as a terminal that nobody reads, is not waited for.
  process.exit(exitCodes.ok);
}
