import { getSystemErrorName } from "node:util";

// Linux's numbers, which are the same on every architecture that koffi is built for.
export const SOCK_STREAM = 1;
/** `O_NONBLOCK` by another name. */
export const SOCK_NONBLOCK = 0o4000;
/** `O_CLOEXEC` by another name. */
export const SOCK_CLOEXEC = 0o2000000;

/** The C library, for what Node has no function of its own for. */
export interface Libc {
  /** A function by its prototype in C. What it is passed is not checked. */
  func(prototype: string): (...args: (number | string | Uint8Array | null)[]) => number;
  /** The system's name for the error of the call that has just failed. */
  lastError(): string;
}

/**
 * Loads the C library through koffi, an optional dependency. Nothing else in this package uses koffi.
 * @throws Error where koffi is missing or does not work on this machine
 */
export async function loadLibc(): Promise<Libc> {
  const { default: koffi } = await import("koffi");
  const library = koffi.load(null);
  return {
    func: (prototype) => library.func(prototype),
    lastError: () => getSystemErrorName(-koffi.errno()),
  };
}
