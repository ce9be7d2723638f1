/** What a `LiveSet` can hold; in one at a time. */
export interface Member {
  /** Where it is in the set, which alone writes it. */
  place: number;
}

/**
 * A set whose members come and go all the time, in no order.
 *
 * A `Set` that lives long replaces its table again and again, and each old table refers to the next. Once the garbage collector
 * has moved one of them to the old generation, all later ones follow, and with them every member that there was: half of
 * what a connection allocates, until the next full collection.
 */
export class LiveSet<T extends Member> implements Iterable<T> {
  readonly #members: T[] = [];

  get size(): number {
    return this.#members.length;
  }

  /** @param member that is in no set */
  add(member: T): void {
    member.place = this.#members.push(member) - 1;
  }

  /** @param member that is in this set */
  delete(member: T): void {
    const last = this.#members.pop() as T;
    if (last === member) return;
    this.#members[member.place] = last;
    last.place = member.place;
  }

  /** Its members at this moment, whatever comes and goes meanwhile. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#members.slice().values();
  }
}
