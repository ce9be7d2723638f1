import { type LoadedConfig, loadConfigFile } from "../api/config/load.ts";
import { EdgeProxy } from "../edge-proxy.ts";
import { banner } from "./banner.ts";
import { exitCodes, neverWaitForReaders, print, printError } from "./output.ts";
import { reloadOnRequest } from "./reload.ts";
import { untilSignal } from "./until-signal.ts";

export interface RunOptions {
  readonly drainSeconds: number;
  readonly applyRoutes?: boolean;
  /** Reload when the file changes. */
  readonly watch?: boolean;
  /** A file, or true for standard output; wins over the config. */
  readonly flowLog?: string | true;
}

/** `edge-proxy run FILE` */
export async function run(file: string, options: RunOptions): Promise<void> {
  const load = async (): Promise<LoadedConfig> => withFlowLog(await loadConfigFile(file), options.flowLog);
  const loaded = await load();
  const signal = untilSignal();
  neverWaitForReaders();
  // However the process ends, short of SIGKILL.
  const nlb = new EdgeProxy(loaded, { applyRoutes: options.applyRoutes === true, configSource: load });
  process.on("exit", () => nlb.removeRoutes());
  await nlb.start();
  const { flowLog } = loaded.config;
  // Where the flow log goes to standard output, a program reads it.
  const say = flowLog && flowLog.file === undefined ? printError : print;
  const reloading = await reloadOnRequest(nlb, { file: options.watch === true ? file : undefined, say });
  say(banner(nlb, loaded.config.timeScale ?? 1));
  await signal;
  await reloading[Symbol.asyncDispose]();
  await nlb.close({ drainMs: options.drainSeconds * 1000 });
  // What else may hold the process, such as a terminal that nobody reads, is not waited for.
  process.exit(exitCodes.ok);
}

function withFlowLog(loaded: LoadedConfig, flowLog: RunOptions["flowLog"]): LoadedConfig {
  if (flowLog === undefined) return loaded;
  return { ...loaded, config: { ...loaded.config, flowLog: flowLog === true ? {} : { file: flowLog } } };
}
