/** A list of which each item is made when it is reached. To be gone through once. */
export function* inTurn<Item, Made>(items: Iterable<Item>, make: (item: Item) => Made): Generator<Made> {
  for (const item of items) yield make(item);
}
