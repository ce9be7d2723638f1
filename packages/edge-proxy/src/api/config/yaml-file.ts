import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { type Problem, pathText, sentence } from "../../model/problem.ts";

/** A YAML text that remembers where everything stood. */
export class YamlFile {
  /** What the YAML parser itself finds wrong, located. */
  readonly errors: readonly string[];
  readonly #file: string;
  readonly #lines: readonly string[];
  readonly #counter = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(text: string, file: string) {
    this.#file = file;
    this.#lines = text.split(/\r?\n/);
    this.#document = parseDocument(text, { lineCounter: this.#counter, prettyErrors: false });
    this.errors = this.#document.errors.map((error) => this.#at(error.pos[0], error.message));
  }

  get value(): unknown {
    return this.#document.toJS();
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
    const source = this.#lines[line - 1] ?? "";
    return `${this.#file}:${line}:${col}: ${message}\n    ${source}\n    ${" ".repeat(Math.max(0, col - 1))}^`;
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
