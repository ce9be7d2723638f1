import type { CloseReason } from "../data/close-reason.ts";
import type { FlowInfo, FlowObserver, Refusal } from "../data/flow-observer.ts";
import { lineOfFlow, lineOfRefusal, type UnwrittenLine } from "./flow-log-line.ts";

/** Somebody who reads the flow log. */
export interface FlowLogReader {
  /** Whether a line is wanted. */
  readonly wants: (line: UnwrittenLine) => boolean;
  /** @param line JSON with its line feed */
  readonly write: (line: string) => void;
}

const askedPerTurn = 500;

/** Writes a line for each flow that ends and each client that is turned away. Without a reader it costs nothing. */
export class FlowLog implements FlowObserver {
  readonly #wallClockMs: () => number;
  readonly #readers = new Set<FlowLogReader>();
  /** By the flows' places. Where a flow came from can be asked only while it stands. */
  readonly #sources: FlowInfo["source"][] = [];

  constructor(wallClockMs: () => number) {
    this.#wallClockMs = wallClockMs;
  }

  /** Whether anybody reads it. */
  get isRead(): boolean {
    return this.#readers.size > 0;
  }

  add(reader: FlowLogReader): void {
    this.#readers.add(reader);
  }

  remove(reader: FlowLogReader): void {
    this.#readers.delete(reader);
    // Flows that take these places unread would get the sources of those before them.
    if (!this.isRead) this.#sources.length = 0;
  }

  /** Asks flows that stand for their sources, in turns of the event loop: each costs a system call. */
  async learn(flows: Iterable<FlowInfo>): Promise<void> {
    let asked = 0;
    for (const flow of flows) {
      if (!this.isRead) return;
      if (flow.connectedMs !== undefined) this.#sources[flow.place] ??= flow.source;
      if (++asked % askedPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  flowConnected(flow: FlowInfo): void {
    if (this.isRead) this.#sources[flow.place] = flow.source;
  }

  flowClosed(flow: FlowInfo, reason: CloseReason): void {
    if (!this.isRead) return;
    const source = this.#sources[flow.place];
    this.#sources[flow.place] = undefined;
    this.#write(lineOfFlow(flow, reason, source, this.#wallClockMs()));
  }

  flowRefused(refusal: Refusal): void {
    if (this.isRead) this.#write(lineOfRefusal(refusal, this.#wallClockMs()));
  }

  #write(line: UnwrittenLine): void {
    const readers = [...this.#readers].filter((reader) => reader.wants(line));
    if (readers.length === 0) return;
    const text = `${JSON.stringify(line)}\n`;
    for (const reader of readers) reader.write(text);
  }
}
