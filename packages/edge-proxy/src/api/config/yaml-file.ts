import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit, type YAMLParseError } from "yaml";
import { type Problem, pathText, sentence } from "../../model/problem.ts";

/** A YAML text that remembers where everything stood. */
export class YamlFile {
  /** What is wrong with the YAML itself, located. */
  readonly errors: readonly string[];
  /** What it says, as plain data; undefined where it has errors. */
  readonly value: unknown;
  readonly #file: string;
  readonly #lines: readonly string[];
  readonly #counter = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(text: string, file: string) {
    this.#file = file;
    this.#lines = text.split(/\r?\n/);
    this.#document = parseDocument(text, { lineCounter: this.#counter, prettyErrors: false });
    const errors = this.#document.errors.map((error) => this.#at(error.pos[0], this.#words(error)));
    if (errors.length === 0) errors.push(...this.#aliasesOfNothing());
    if (errors.length === 0) {
      try {
        this.value = this.#document.toJS();
      } catch (error) {
        // Aliases that lead to themselves, or stand for more than a parser should unfold.
        errors.push(this.#at(0, error instanceof Error ? error.message : String(error)));
      }
    }
    this.errors = errors;
  }

  /** The parser's words, or better ones where these say too little. */
  #words({ code, message, pos }: YAMLParseError): string {
    if (code === "DUPLICATE_KEY") {
      const { line, col } = this.#counter.linePos(pos[0]);
      const [key = ""] = /^[^\s:,{}]*/.exec((this.#lines[line - 1] ?? "").slice(col - 1)) ?? [];
      return `the key '${key}' appears twice`;
    }
    if (code === "MULTIPLE_DOCS") return "a second document begins here ('---'): a config file is a single one";
    return message;
  }

  /** `*name` with no `&name` before it. The parser says nothing of it until the value is asked for, and then without a place. */
  #aliasesOfNothing(): string[] {
    const problems: string[] = [];
    visit(this.#document, {
      Alias: (_key, alias) => {
        if (alias.resolve(this.#document) !== undefined) return;
        const message = `the alias '*${alias.source}' stands for nothing: no '&${alias.source}' comes before it`;
        problems.push(this.#at(alias.range?.[0] ?? 0, message));
      },
    });
    return problems;
  }

  /** `file:line:column: what is wrong`, the line itself and a caret under the place; in the file's order. */
  locate(problems: readonly Problem[]): string[] {
    return problems
      .map((problem) => ({ problem, offset: this.#offset(problem) }))
      .sort((a, b) => a.offset - b.offset)
      .map(({ problem: { path, message, hint }, offset }) => {
        const where = path.length > 1 ? `${pathText(path.slice(0, -1))}: ` : "";
        return this.#at(offset, `${where}${sentence(message, hint)}`);
      });
  }

  #at(offset: number, message: string): string {
    const { line, col } = this.#counter.linePos(offset);
    const { text, caret } = excerpt(this.#lines[line - 1] ?? "", Math.max(0, col - 1));
    return `${this.#file}:${line}:${col}: ${message}\n    ${text}\n    ${" ".repeat(caret)}^`;
  }

  /** Where a path stands in the text. What was left out has no place of its own: its parent's is used. */
  #offset({ path, atKey }: Problem): number {
    if (atKey) {
      const parent = this.#document.getIn(path.slice(0, -1), true) ?? this.#document.contents;
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
        : undefined;
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    }
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  }
}

/** Of a long line, such as one of JSON, this much is shown before a place and as much after it. */
const excerptReach = 60;

/** What stands around a place in a line. @returns the place in it as `caret` */
function excerpt(line: string, at: number): { readonly text: string; readonly caret: number } {
  if (line.length <= 2 * excerptReach) return { text: line, caret: at };
  const start = Math.max(0, at - excerptReach);
  const end = at + excerptReach;
  const before = start > 0 ? "…" : "";
  return {
    text: `${before}${line.slice(start, end)}${end < line.length ? "…" : ""}`,
    caret: before.length + at - start,
  };
}
