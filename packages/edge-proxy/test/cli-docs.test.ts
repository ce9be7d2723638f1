import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createProgram } from "../src/cli/program.ts";

const page = new URL("../../../docs/cli.md", import.meta.url);

describe("docs/cli.md", () => {
  it("has the help of every command; UPDATE_DOCS=1 writes it there", () => {
    const text = readFileSync(page, "utf8");
    const [, before = "", after = ""] =
      /^([\s\S]*<!-- generated [^\n]*-->\n)[\s\S]*(<!-- end -->[\s\S]*)$/.exec(text) ?? [];
    const written = `${before}${reference()}${after}`;
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(page, written);
    expect(readFileSync(page, "utf8")).toBe(written);
  });
});

function reference(): string {
  let help = "";
  const program = createProgram({
    getOutHelpWidth: () => 110,
    getOutHasColors: () => false,
    writeOut: (text) => {
      help += text;
    },
  });
  for (const command of program.commands) {
    help += `\n## edge-proxy ${command.name()}\n\n\`\`\`\n`;
    command.outputHelp();
    help += "```\n";
  }
  return `${help}\n`;
}
