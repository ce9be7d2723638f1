import type { HeaderProblem } from "../control/annotate-header.ts";
import type { HeaderPart } from "../control/header-part.ts";
import { columns, type Style } from "./style.ts";

const bytesPerLine = 12;
/** Padding and certificates are long and say little. */
const maxLines = 4;

/** The bytes of a header, each run with its offset and what it means. */
export function headerTable(parts: readonly HeaderPart[], style: Style, problem?: HeaderProblem): string[] {
  const rows = parts.flatMap((part) => {
    const { offset, hex, name, value, level } = part;
    const isWrong = problem !== undefined && problem.offset >= offset && problem.offset < offset + hex.length / 2;
    const meaning = `${"  ".repeat(level)}${style(isWrong ? "red" : "bold", name)}: ${value}${isWrong ? " ←" : ""}`;
    const [first = "", ...more] = hexLines(hex);
    return [[String(offset).padStart(6), first, meaning], ...more.map((line) => ["", line])];
  });
  return columns([[style("dim", "offset"), style("dim", "bytes"), style("dim", "meaning")], ...rows]);
}

function hexLines(hex: string): string[] {
  const bytes = hex.match(/../g) ?? [];
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine) lines.push(bytes.slice(at, at + bytesPerLine).join(" "));
  if (lines.length <= maxLines) return lines;
  const shown = lines.slice(0, maxLines - 1);
  return [...shown, `… ${bytes.length - shown.length * bytesPerLine} more`];
}
