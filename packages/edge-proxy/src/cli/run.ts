import { type LoadedConfig, loadConfigFile } from "../api/config/load.ts";
import { EdgeProxy } from "../edge-proxy.ts";
import { applyRoutes } from "./apply-routes.ts";
import { banner } from "./banner.ts";
import { exitCodes, neverWaitForReaders, print, printError } from "./output.ts";
import { untilSignal } from "./until-signal.ts";

export interface RunOptions {
  readonly drainSeconds: number;
  readonly applyRoutes?: boolean;
  /** A file, or true for standard output; wins over the config. */
  readonly flowLog?: string | true;
}

/** `edge-proxy run FILE` */
export async function run(file: string, options: RunOptions): Promise<void> {
  const loaded = withFlowLog(await loadConfigFile(file), options.flowLog);
  const signal = untilSignal();
  neverWaitForReaders();
  // However the process ends, short of SIGKILL.
  if (options.applyRoutes === true) process.on("exit", applyRoutes(loaded.model));
  const nlb = await new EdgeProxy(loaded).start();
  const { flowLog } = loaded.config;
  // Where the flow log goes to standard output, a program reads it.
  const say = flowLog && flowLog.file === undefined ? printError : print;
  say(banner(nlb, loaded.config.timeScale ?? 1));
  await signal;
  await nlb.close({ drainMs: options.drainSeconds * 1000 });
  // What else may hold the process, such as a terminal that nobody reads, is not waited for.
  process.exit(exitCodes.ok);
}

function withFlowLog(loaded: LoadedConfig, flowLog: RunOptions["flowLog"]): LoadedConfig {
  if (flowLog === undefined) return loaded;
  return { ...loaded, config: { ...loaded.config, flowLog: flowLog === true ? {} : { file: flowLog } } };
}
