import { isUtf8 } from "node:buffer";
import { EdgeProxyError, systemReason } from "../../error.ts";
import type { Origin } from "../../model/identity.ts";
import type { Model } from "../../model/model.ts";
import { type Problem, pathText, sentence } from "../../model/problem.ts";
import type { EdgeProxyConfig } from "./config.ts";
import { type ConfigOverrides, overridden } from "./overrides.ts";
import { parseConfig } from "./parse.ts";
import { readSettledFile } from "./settled-file.ts";
import { modelFromConfig } from "./to-model.ts";
import { YamlFile } from "./yaml-file.ts";

/** A config that holds: nothing is started from one that does not. */
export interface LoadedConfig {
  readonly config: EdgeProxyConfig;
  readonly model: Model;
  /** What is accepted but changes nothing, each with its place, one line each. */
  readonly warnings: readonly string[];
}

/**
 * Reads a YAML config file.
 * @param overrides win over what the file says
 * @throws EdgeProxyError `EDGE_CONFIG_UNREADABLE`, or `EDGE_CONFIG_INVALID` with one `file:line:column: …` per problem.
 */
export async function loadConfigFile(file: string, overrides: ConfigOverrides = {}): Promise<LoadedConfig> {
  let bytes: Buffer;
  try {
    bytes = await readSettledFile(file);
  } catch (error) {
    throw new EdgeProxyError("EDGE_CONFIG_UNREADABLE", `cannot read ${file}: ${systemReason(error)}`, {
      cause: error,
    });
  }
  return parseConfigBytes(bytes, file, overrides);
}

/** The same for a file's bytes; `file` is the name that problems are reported under. */
export function parseConfigBytes(bytes: Buffer, file: string, overrides: ConfigOverrides = {}): LoadedConfig {
  // Windows PowerShell writes UTF-16, which begins with a byte order mark or has a zero in every second byte.
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new EdgeProxyError("EDGE_CONFIG_UNREADABLE", `${file} is not text in UTF-8: save it with that encoding`);
  }
  return parseYamlConfig(bytes.toString(), file, overrides);
}

/** The same for its text. */
export function parseYamlConfig(text: string, file: string, overrides: ConfigOverrides = {}): LoadedConfig {
  const yaml = new YamlFile(text, file);
  if (yaml.errors.length > 0) throw invalid(yaml.errors);
  return load(yaml.value, overrides, { by: "file", file }, (problems) => yaml.locate(problems));
}

/** A config that a program gave as an object. @throws EdgeProxyError `EDGE_CONFIG_INVALID` */
export function loadConfigObject(input: unknown, overrides: ConfigOverrides = {}): LoadedConfig {
  return load(input, overrides, { by: "program" }, (problems) =>
    problems.map(({ path, message, hint }) => `${pathText(path)}: ${sentence(message, hint)}`),
  );
}

function load(
  input: unknown,
  overrides: ConfigOverrides,
  origin: Origin,
  locate: (problems: readonly Problem[]) => string[],
): LoadedConfig {
  const parsed = parseConfig(input);
  if ("problems" in parsed) throw invalid(locate(parsed.problems));
  const config = overridden(parsed.config, overrides);
  const { model, problems, warnings } = modelFromConfig(config, origin);
  if (problems.length > 0) throw invalid(locate(problems));
  return { config, model, warnings: locate(warnings) };
}

function invalid(lines: readonly string[]): EdgeProxyError {
  return new EdgeProxyError("EDGE_CONFIG_INVALID", lines);
}
