/** What a `LiveSet` can hold; in one at a time. */
export interface Member {
  /** A small number that no other member has, from when it joins until it leaves. The set alone writes it. */
  place: number;
}

/**
 * A set whose members come and go all the time, in no order.
 *
 * A `Set` or `Map` that lives long replaces its table again and again, and each old table refers to the next. Once the garbage
 * collector has moved one of them to the old generation, all later ones follow, and with them every member that there was: half of
 * what a connection allocates, until the next full collection.
 */
export class LiveSet<T extends Member> implements Iterable<T> {
  readonly #members: (T | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#members.length - this.#free.length;
  }

  /** @param member that is in no set */
  add(member: T): void {
    member.place = this.#free.pop() ?? this.#members.length;
    this.#members[member.place] = member;
  }

  /** @param member that is in this set; it keeps its place's number, for those who are told of its end */
  delete(member: T): void {
    this.#members[member.place] = undefined;
    this.#free.push(member.place);
  }

  /** Those that leave meanwhile have no turn; those that join may have one. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (const member of this.#members) if (member !== undefined) yield member;
  }
}
