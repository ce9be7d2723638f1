/**
 * Something wrong with what a user wrote, wherever it came from. The message speaks for itself (in AWS's words where
 * AWS has some); the path says where, so that a file loader can add line and column.
 */
export interface Problem {
  /** Keys and list positions from the root of the input, e.g. `["targetGroups", 0, "port"]`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** What to do about it: the nearest valid key, what is allowed. */
  readonly hint?: string;
  /** Whether `path` ends in a key that should not be there, so that the key and not its value is pointed at. */
  readonly atKey?: boolean;
}

/** The same problems, seen from further up. */
export function under(path: Problem["path"], problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
}

/** `loadBalancers[0].listeners[1].port`, with quotes where a key has dots of its own. */
export function pathText(path: Problem["path"]): string {
  const text = path
    .map((step) => {
      if (typeof step === "number") return `[${step}]`;
      return step.includes(".") ? `["${step}"]` : `.${step}`;
    })
    .join("");
  return text.replace(/^\./, "") || "config";
}

/** The message with its hint, for one line. */
export function sentence(message: string, hint: string | undefined): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}
