import type { LineDestination } from "../../observe/line-writer.ts";
import { jsonText } from "./json-text.ts";

/** What goes back to whoever asked. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, text that has been written piece by piece, or lines that come from now on. */
  readonly body: string | readonly Buffer[] | LineSource;
}

/** Begins to write lines. @returns ends it, with the last lines */
export type LineSource = (destination: LineDestination) => () => Promise<void>;

export function text(
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, headers: { "content-type": type, ...headers }, body };
}

const jsonType = "application/json; charset=utf-8";

/** Indented, because people read it too. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return text(status, jsonType, `${JSON.stringify(value, null, 2)}\n`, headers);
}

/** After so many characters the event loop gets its turn: a few milliseconds of work. */
const charactersPerTurn = 128 * 1024;

/**
 * The same for an answer that may be long, of which lists are made as they are reached: see `jsonText`. Flows go on while it is
 * written.
 */
export async function longJson(status: number, value: unknown): Promise<Reply> {
  const body: Buffer[] = [];
  let text = "";
  for (const piece of jsonText(value)) {
    text += piece;
    if (text.length < charactersPerTurn) continue;
    body.push(Buffer.from(text));
    text = "";
    await new Promise((resolve) => setImmediate(resolve));
  }
  body.push(Buffer.from(`${text}\n`));
  return { status, headers: { "content-type": jsonType }, body };
}

/** Lines of JSON, for as long as the client reads them. */
export function jsonLines(source: LineSource): Reply {
  return { status: 200, headers: { "content-type": "application/x-ndjson; charset=utf-8" }, body: source };
}

/** Says no: `error` is a sentence that says what is wrong and what would be right. */
export type Refuse = (status: number, error: string, headers?: Readonly<Record<string, string>>) => Reply;

export const refusal: Refuse = (status, error, headers = {}) => json(status, { error }, headers);
