/** What can go wrong in a way that a caller may want to tell apart. */
export type EdgeProxyErrorCode =
  /** The config says something that cannot be; the message lists every problem. */
  | "EDGE_CONFIG_INVALID"
  /** The config file cannot be read. */
  | "EDGE_CONFIG_UNREADABLE"
  /** A listener or the admin server cannot listen; the message names address and port. */
  | "EDGE_LISTEN_FAILED"
  /** Client addresses cannot be preserved in the way that was asked for; the message says what is missing. */
  | "EDGE_CLIENT_IP_UNAVAILABLE"
  /** The policy routing for client addresses cannot be set; the message has the command and its answer. */
  | "EDGE_ROUTES_FAILED"
  /** What the ELBv2 API has made cannot be read or kept; the message says why. */
  | "EDGE_STATE_UNUSABLE"
  /** The flow log's file cannot be opened; the message names it. */
  | "EDGE_LOG_UNWRITABLE"
  /** The command line asks for something that cannot be. */
  | "EDGE_USAGE"
  /** A file that a command is to read or write cannot be; the message names it. */
  | "EDGE_FILE"
  /** No running instance answers at the admin URL, or with an error. */
  | "EDGE_ADMIN_UNREACHABLE"
  /** A target that a command was to see drained has been taken back meanwhile. */
  | "EDGE_NOT_DRAINED"
  /** Worker processes cannot be had here, or not with the options beside them; the message says why. */
  | "EDGE_WORKERS_UNAVAILABLE"
  /** The limits that were asked for do not fit this process. */
  | "EDGE_LIMIT_TOO_HIGH";

/** The one error class of this package. */
export class EdgeProxyError extends Error {
  override readonly name = "EdgeProxyError";
  readonly code: EdgeProxyErrorCode;
  /** Each thing that is wrong, with its place; the message is all of them. */
  readonly problems: readonly string[];

  constructor(code: EdgeProxyErrorCode, problems: string | readonly string[], options?: ErrorOptions) {
    const list = typeof problems === "string" ? [problems] : problems;
    super(list.join("\n"), options);
    this.code = code;
    this.problems = list;
  }
}

/** Why the system refused: `no such file or directory (ENOENT)`, without the call and the path that Node puts behind it. */
export function systemReason(error: unknown): string {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  const [, words] = (syscall === undefined ? null : /^E\w+: ([^,]+), /.exec(message)) ?? [];
  return words === undefined ? message : `${words} (${code})`;
}
