/** Counts the flows of each client address. An address without a flow takes no memory. */
export class FlowsPerSource {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  /** @param max as many flows as one address may have */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many addresses have a flow. */
  get size(): number {
    return this.#counts.size;
  }

  isFull(address: string): boolean {
    return (this.#counts.get(address) ?? 0) >= this.#max;
  }

  add(address: string): void {
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
  }

  remove(address: string): void {
    const left = (this.#counts.get(address) ?? 0) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }
}
