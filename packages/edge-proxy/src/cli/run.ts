import { loadConfigFile } from "../api/config/load.ts";
import { EdgeProxy } from "../edge-proxy.ts";
import { banner } from "./banner.ts";
import { print } from "./output.ts";
import { untilSignal } from "./until-signal.ts";

/** `edge-proxy run FILE` */
export async function run(file: string, { drainSeconds }: { readonly drainSeconds: number }): Promise<void> {
  const loaded = await loadConfigFile(file);
  const nlb = await new EdgeProxy(loaded).start();
  print(banner(nlb, loaded.config.timeScale ?? 1));
  await untilSignal(() => nlb.close({ drainMs: drainSeconds * 1000 }));
}
