import { hashText, mix } from "./select.ts";

/** A prime, well above a hundred slots per target for the groups that a person sets up. */
const tableSize = 65_537;

/**
 * A look-up table for source-IP stickiness: constant time for any number of targets, no memory per client, and when one of n
 * targets comes or goes, only about 1/n of the clients change theirs. The targets take turns, each claiming the next free slot
 * in an order of its own, until the table is full.
 *
 * Source: D. Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", §3.4.
 * @param keys 1 to 65,535 target keys
 */
export function stickyTable(keys: readonly string[]): Uint16Array {
  const table = new Uint16Array(tableSize);
  const taken = new Uint8Array(tableSize);
  const offsets = keys.map((key) => mix(hashText(1, key)) % tableSize);
  const skips = keys.map((key) => (mix(hashText(2, key)) % (tableSize - 1)) + 1);
  const next = offsets.slice();
  let filled = 0;
  while (filled < tableSize) {
    for (let i = 0; i < keys.length && filled < tableSize; i++) {
      let slot = next[i] as number;
      const skip = skips[i] as number;
      while (taken[slot] === 1) slot = (slot + skip) % tableSize;
      taken[slot] = 1;
      table[slot] = i;
      next[i] = (slot + skip) % tableSize;
      filled++;
    }
  }
  return table;
}
