import { readFileSync } from "node:fs";
import { EdgeProxyError } from "../error.ts";

/** How many flows this process, or its workers together, can carry. */
export interface Limits {
  /** How many processes carry flows: 1, or the number of workers. */
  readonly processes: number;
  /** `RLIMIT_NOFILE`, of each process. */
  readonly fileDescriptors: number;
  /** Descriptors that flows leave to listeners, health checks, the admin server and Node itself. */
  readonly reserved: number;
  /** Flows at one time, in all. Each has two sockets. */
  readonly maxFlows: number;
  /** How many flows the descriptors of one process are enough for. */
  readonly maxFlowsPerProcess: number;
}

const reservedShare = 0.05;
const reservedMinimum = 100;

/**
 * Computed at the start, because running out of descriptors is silent: Node accepts and closes connections for which it has
 * none, without an event.
 * @param asked how many flows the config allows; undefined: as many as fit
 * @throws EdgeProxyError `EDGE_LIMIT_TOO_HIGH` when more is asked than fits
 */
export function computeLimits(
  asked: number | undefined,
  processes: number,
  fileDescriptors: number = openFilesLimit(),
): Limits {
  const reserved = Math.max(reservedMinimum, Math.ceil(fileDescriptors * reservedShare));
  const maxFlowsPerProcess = Math.max(1, Math.floor((fileDescriptors - reserved) / 2));
  const possible = maxFlowsPerProcess * processes;
  if (asked !== undefined && asked > possible) {
    throw new EdgeProxyError(
      "EDGE_LIMIT_TOO_HIGH",
      `limits.maxFlows is ${asked}, but ${fileDescriptors} file descriptors ` +
        `${processes === 1 ? "" : `in each of ${processes} processes `}carry ${possible} flows at most; ` +
        "raise `ulimit -n` or lower the limit",
    );
  }
  return { processes, fileDescriptors, reserved, maxFlows: asked ?? possible, maxFlowsPerProcess };
}

/** Node has raised the soft limit to the hard one by the time this runs. */
function openFilesLimit(): number {
  try {
    const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync("/proc/self/limits", "utf8"));
    return line?.[1] === undefined || line[1] === "unlimited" ? 1_048_576 : Number(line[1]);
  } catch {
    // Not Linux: macOS gives a process 10,240 without being asked.
    return 10_240;
  }
}
