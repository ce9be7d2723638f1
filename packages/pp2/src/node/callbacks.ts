import { type CallbackErrorEvent, publishCallbackError } from "./events.ts";

/** How a call of an option's function went. */
export type Called<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/**
 * Calls a function of the application that must not be able to end the process: what it throws is published and
 * returned, and what it rejects with, when it is async, is published.
 */
export function callSafely<T>(option: CallbackErrorEvent["option"], call: () => T): Called<T> {
  try {
    const value = call();
    if (value instanceof Promise) value.catch((error: unknown) => publishCallbackError(option, error));
    return { ok: true, value };
  } catch (error) {
    publishCallbackError(option, error);
    return { ok: false, error };
  }
}
