/** What goes back to whoever asked. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function text(
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, headers: { "content-type": type, ...headers }, body };
}

/** Indented, because people read it too. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return text(status, "application/json; charset=utf-8", `${JSON.stringify(value, null, 2)}\n`, headers);
}

/** A refusal: `error` is a sentence that says what is wrong and what would be right. */
export function refusal(status: number, error: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return json(status, { error }, headers);
}
