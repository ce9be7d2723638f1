import { EdgeProxyError } from "../error.ts";

/**
 * Names the option that moves a port that is taken.
 * @param ports what each option stands at; one that is undefined is the config file's to say
 */
export function portAdvice(error: unknown, ports: Readonly<Record<string, number | undefined>>): unknown {
  if (!(error instanceof EdgeProxyError) || error.code !== "EDGE_LISTEN_FAILED") return error;
  if (!error.message.endsWith("is already taken")) return error;
  const option = Object.keys(ports).find((name) => ports[name] !== 0 && error.message.includes(`:${ports[name]} for `));
  if (option === undefined) return error;
  const advice = `${error.message}; choose another with ${option} PORT (0 takes a free one)`;
  return new EdgeProxyError(error.code, advice, { cause: error });
}
