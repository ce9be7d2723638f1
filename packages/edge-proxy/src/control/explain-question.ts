import { parseHostPort } from "../model/host-port.ts";
import type { ExplainQuestion } from "./explain.ts";

/** A question as a command line or a URL's query has it. */
export interface QuestionText {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly via?: string | undefined;
  readonly seed?: string | undefined;
}

/** @returns the question, or what is wrong with it */
export function readQuestion({ from, to, via, seed }: QuestionText): ExplainQuestion | { readonly problem: string } {
  const client = parseHostPort(from ?? "");
  if (client?.address === undefined) {
    return { problem: `'from' must be an address and port such as 198.51.100.7:40001, but was '${from ?? ""}'` };
  }
  if (to === undefined || to === "") {
    return { problem: "'to' must be a load balancer and listener such as web:8080, or an address and port" };
  }
  if (seed !== undefined && !(/^\d{1,10}$/.test(seed) && Number(seed) <= 0xffff_ffff)) {
    return { problem: `'seed' must be a whole number from 0 to 4294967295, but was '${seed}'` };
  }
  return {
    client: { address: client.address, port: client.port },
    to,
    ...(via === undefined || via === "" ? {} : { via }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  };
}
