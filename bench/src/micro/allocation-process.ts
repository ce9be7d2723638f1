/** Measures allocations in this process, which `allocation-table.ts` started with `--expose-gc`. */

import { tell } from "../child.ts";
import { type Allocation, measureAllocations } from "./allocation.ts";

const collect = globalThis.gc;
if (collect === undefined) throw new Error("start with --expose-gc");
tell<readonly Allocation[]>({ found: measureAllocations(collect) });
