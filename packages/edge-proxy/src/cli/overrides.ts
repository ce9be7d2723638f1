import { isIP } from "node:net";
import { InvalidArgumentError } from "commander";
import type { ConfigOverrides } from "../api/config/overrides.ts";

/** Options that win over what the config file says. */
export interface OverrideOptions {
  /** A file, or true for standard output. */
  readonly flowLog?: string | true | undefined;
  readonly state?: string | undefined;
  readonly instance?: Readonly<Record<string, string>> | undefined;
  readonly adminPort?: number | undefined;
  readonly dnsPort?: number | undefined;
}

export function overridesOf({ flowLog, state, instance, adminPort, dnsPort }: OverrideOptions): ConfigOverrides {
  return {
    ...(flowLog === undefined ? {} : { flowLog: flowLog === true ? {} : { file: flowLog } }),
    ...(state === undefined ? {} : { stateFile: state }),
    ...(instance === undefined ? {} : { instances: instance }),
    ...(adminPort === undefined ? {} : { adminPort }),
    ...(dnsPort === undefined ? {} : { dnsPort }),
  };
}

/** `i-0abc…=127.0.0.1`, one call for each. */
export function parseInstance(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  // A variable of the environment holds several.
  const pairs = text.split(",").map((pair) => {
    const [, id, address] = /^(i-(?:[0-9a-f]{8}|[0-9a-f]{17}))=(.+)$/.exec(pair.trim()) ?? [];
    if (id === undefined || address === undefined || isIP(address) === 0) {
      throw new InvalidArgumentError("Give ID=ADDRESS, where the id is 'i-' and 8 or 17 hex digits.");
    }
    return [id, address] as const;
  });
  return { ...before, ...Object.fromEntries(pairs) };
}
