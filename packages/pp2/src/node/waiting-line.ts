/** Somebody's place in a {@link WaitingLine}. */
export interface Place<T> {
  readonly who: T;
  before: Place<T> | undefined;
  behind: Place<T> | undefined;
}

/**
 * Who waits, in the order in which they came; each may leave at any time.
 *
 * A `Set` would do, but one that lives long replaces its table again and again, and each old table refers to the next. Once the
 * garbage collector has moved one of them to the old generation, all later ones follow, and with them everybody that there
 * was, until the next full collection.
 */
export class WaitingLine<T> {
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Who has waited longest. */
  get first(): T | undefined {
    return this.#first?.who;
  }

  join(who: T): Place<T> {
    const place: Place<T> = { who, before: this.#last, behind: undefined };
    if (this.#last === undefined) this.#first = place;
    else this.#last.behind = place;
    this.#last = place;
    this.#length++;
    return place;
  }

  /** To be called once for each place. */
  leave(place: Place<T>): void {
    const { before, behind } = place;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    // Nothing that has left keeps alive those that were beside it.
    place.before = undefined;
    place.behind = undefined;
    this.#length--;
  }

  toArray(): T[] {
    const all: T[] = [];
    for (let place = this.#first; place !== undefined; place = place.behind) all.push(place.who);
    return all;
  }
}
