import { readFile } from "node:fs/promises";
import { print } from "./output.ts";

/** Generated from the config's shape and its documentation; it comes with the package. */
export const schemaFile: URL = new URL("../../nlb.schema.json", import.meta.url);

/** `edge-proxy schema` */
export async function schema(): Promise<void> {
  print(await readFile(schemaFile, "utf8"));
}
