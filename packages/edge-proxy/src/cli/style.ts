import { stripVTControlCharacters, styleText } from "node:util";

/** What is asked of a stream and the environment. */
type Output = { readonly isTTY?: boolean };
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether a stream gets colours: a terminal does, unless `NO_COLOR` is set or `TERM` is `dumb`; `FORCE_COLOR` decides for every
 * stream. Decided here, because `styleText` of Node 20 does not look.
 */
export function usesColour(stream: Output, env: Environment = process.env): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = env;
  if (FORCE_COLOR !== undefined) return !["0", "false"].includes(FORCE_COLOR);
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  return stream.isTTY === true && TERM !== "dumb";
}

export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

export function styleFor(stream: Output, env?: Environment): Style {
  return usesColour(stream, env)
    ? (format, text) => styleText(format, text, { validateStream: false })
    : (_, text) => text;
}

/** Columns as wide as their widest cell, two spaces between them, no space at the end of a line. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  return rows.map((row) =>
    row
      .map((cell, i) => cell + " ".repeat((widths[i] as number) - widthOf(cell)))
      .join("  ")
      .trimEnd(),
  );
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Cuts a line at a width, colours not counted. */
export function clip(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  let seen = 0;
  let out = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
  for (const [piece] of line.matchAll(/\u001b\[[0-9;]*m|[\s\S]/g)) {
    const isColour = piece.length > 1;
    if (isColour || seen < width) out += piece;
    if (!isColour) seen++;
  }
  return out;
}
