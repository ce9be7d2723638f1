/**
 * Unstable: pieces of the data plane for this repository's own benchmarks, which measure them one call at a time. They change
 * without notice, whatever the version says.
 *
 * @internal
 * @module
 */

export type { Entry, Forward, TargetRoute } from "./routes.ts";
export { type FlowKey, type Selection, select } from "./select.ts";
export { stickyTable } from "./sticky-table.ts";
