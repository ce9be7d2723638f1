import { readdirSync, readFileSync } from "node:fs";

/** Where the inputs are: hexadecimal text, one input a file, line breaks and what follows a `#` ignored. */
export const corpusFolder = new URL("./corpus/", import.meta.url);

/** @returns {{ name: string, bytes: Uint8Array }[]} */
export function loadCorpus() {
  const names = readdirSync(corpusFolder).filter((name) => name.endsWith(".hex"));
  return names.sort().map((name) => {
    const hex = readFileSync(new URL(name, corpusFolder), "utf8").replace(/#.*$/gm, "").replace(/\s+/g, "");
    return { name, bytes: Uint8Array.from(Buffer.from(hex, "hex")) };
  });
}
