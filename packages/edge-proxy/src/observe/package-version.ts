import { readFileSync } from "node:fs";

// The same step up from src and from dist.
const manifest = new URL("../../package.json", import.meta.url);

/** Of this package. */
export const packageVersion: string = JSON.parse(readFileSync(manifest, "utf8")).version;
