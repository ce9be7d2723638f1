import { exitOnSignal } from "./exit-on-signal.ts";
import { exitCodes } from "./output.ts";
import { clip } from "./style.ts";

/** A terminal that is drawn on as a whole. It gets back what it had before, however the process ends, short of SIGKILL. */
export class Screen implements Disposable {
  readonly #input: NodeJS.ReadStream;
  readonly #output: NodeJS.WriteStream;
  readonly #restore = (): void => this[Symbol.dispose]();
  readonly #signals: Disposable;
  #isOpen = true;

  constructor(
    input: NodeJS.ReadStream,
    output: NodeJS.WriteStream,
    onKey: (key: string) => void,
    onResize: () => void,
  ) {
    this.#input = input;
    this.#output = output;
    process.on("exit", this.#restore);
    this.#signals = exitOnSignal(exitCodes.ok);
    input.setRawMode(true);
    input.setEncoding("utf8");
    input.on("data", onKey);
    input.resume();
    output.on("resize", onResize);
    // The other screen, without a cursor.
    output.write("\u001b[?1049h\u001b[?25l");
  }

  /** From the top; what does not fit is left out. */
  draw(lines: readonly string[]): void {
    const { rows = 24, columns = 80 } = this.#output;
    const shown = lines.slice(0, rows).map((line) => `${clip(line, columns)}\u001b[K`);
    this.#output.write(`\u001b[H${shown.join("\r\n")}\u001b[J`);
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off("exit", this.#restore);
    this.#signals[Symbol.dispose]();
    this.#input.setRawMode(false);
    this.#input.pause();
    this.#output.write("\u001b[?25h\u001b[?1049l");
  }
}
