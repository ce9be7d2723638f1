import { type LoadedConfig, loadConfigFile, parseConfigBytes } from "../api/config/load.ts";
import { printError } from "./output.ts";

/** A config file, or standard input where its name is `-`. @throws EdgeProxyError as `loadConfigFile` */
export async function loadConfigInput(file: string): Promise<LoadedConfig> {
  if (file !== "-") return loadConfigFile(file);
  if (process.stdin.isTTY) printError("A config, please; Ctrl-D ends it.\n");
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return parseConfigBytes(Buffer.concat(chunks), configName(file));
}

/** What a config is called in messages. */
export function configName(file: string): string {
  return file === "-" ? "standard input" : file;
}
