import type { EdgeProxyConfig } from "../api/config/config.ts";
import { defaultPorts } from "../api/config/default-ports.ts";
import { type LoadedConfig, loadConfigFile, loadConfigObject } from "../api/config/load.ts";
import { EdgeProxy } from "../edge-proxy.ts";
import { EdgeProxyError } from "../error.ts";
import { InheritedSockets } from "../inherited-sockets.ts";
import { banner } from "./banner.ts";
import { handOverOnRequest, takeOver } from "./hand-over.ts";
import { exitCodes, neverWaitForReaders, print, printError } from "./output.ts";
import { type OverrideOptions, overridesOf } from "./overrides.ts";
import { portAdvice } from "./port-advice.ts";
import { reloadOnRequest } from "./reload.ts";
import { untilSignal } from "./until-signal.ts";

/** What every command that carries traffic knows. */
export interface ServeOptions extends OverrideOptions {
  readonly drainSeconds: number;
  readonly applyRoutes?: boolean;
  readonly workers: number | "auto";
  /** Reload when the file changes. */
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** `edge-proxy run [FILE]` */
export async function run(file: string | undefined, options: ServeOptions): Promise<void> {
  const overrides = overridesOf(options);
  if (file !== undefined) return serve(() => loadConfigFile(file, overrides), options, { file });
  if (options.watch === true) throw new EdgeProxyError("EDGE_USAGE", "--watch needs a config file to watch");
  await serve(async () => loadConfigObject({}, overrides), options);
}

/** Where a config comes from. */
export interface ServeOrigin {
  /** The config file, if it can be read again. */
  readonly file?: string;
  /** The ports that options of the command set, beside those of every command. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** Runs what a config describes until SIGTERM, SIGINT, or `/api/shutdown`. */
export async function serve(
  load: () => Promise<LoadedConfig>,
  options: ServeOptions,
  { file, ports = {} }: ServeOrigin = {},
): Promise<void> {
  const loaded = await load();
  const signal = untilSignal();
  neverWaitForReaders();
  let end: (drainMs: number) => void = () => {};
  const asked = new Promise<number>((resolve) => {
    end = resolve;
  });
  const inherited = InheritedSockets.ofThisProcess();
  const nlb = new EdgeProxy(loaded, {
    inherited,
    // The answer to whoever asks goes out first.
    onShutdown: (drainMs) => setImmediate(end, drainMs),
    applyRoutes: options.applyRoutes === true,
    workers: options.workers,
    ...(file === undefined ? {} : { configSource: load }),
  });
  // However the process ends, short of SIGKILL.
  process.on("exit", () => nlb.removeRoutes());
  try {
    await nlb.start();
  } catch (error) {
    throw portAdvice(error, { ...portOptions(loaded.config), ...ports });
  }
  if (inherited !== undefined) {
    await takeOver();
    await nlb.openDns();
  }
  const handedOver = handOverOnRequest(nlb, { allowed: options.applyRoutes !== true });
  const { flowLog, timeScale = 1 } = loaded.config;
  // Where the flow log or JSON goes to standard output, a program reads it.
  const say = options.json === true || (flowLog && flowLog.file === undefined) ? printError : print;
  const reloading = await reloadOnRequest(nlb, { file: options.watch === true ? file : undefined, say });
  if (options.json === true) print(`${JSON.stringify(startedAs(nlb))}\n`);
  else say(banner(nlb, timeScale));
  const drainMs = await Promise.race([
    signal.then(() => options.drainSeconds * 1000),
    asked,
    handedOver.then(() => longestTimerMs),
  ]);
  await reloading[Symbol.asyncDispose]();
  const closed = nlb.close({ drainMs });
  // Whoever has handed over has all the time in the world, until told otherwise.
  await (drainMs === longestTimerMs ? Promise.race([closed, signal]) : closed);
  // What else may hold the process, such as a terminal that nobody reads, is not waited for.
  process.exit(exitCodes.ok);
}

/** Where the config has the ports that an option can move. */
function portOptions({ admin, dns }: EdgeProxyConfig): Record<string, number | undefined> {
  return {
    "--admin-port": admin === false ? undefined : (admin?.port ?? defaultPorts.admin),
    "--dns-port": dns ? (dns.port ?? defaultPorts.dns) : undefined,
  };
}

/** The longest that a timer can wait: 24 days. */
const longestTimerMs = 2 ** 31 - 1;

/** What the banner says, for programs: above all the ports where the config says 0. */
function startedAs({ listeners, admin, dns, limits, clientIp, warnings }: EdgeProxy): unknown {
  return {
    listeners,
    admin: admin ?? null,
    dns: dns ?? null,
    limits,
    clientIp: Object.fromEntries(clientIp),
    warnings,
  };
}
