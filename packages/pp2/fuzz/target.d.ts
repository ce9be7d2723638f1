export type Codec = typeof import("../src/index.ts");

/** Throws when the codec breaks one of its promises for these bytes. */
export function checkInput(bytes: Uint8Array, codec: Codec): void;
export function randomFrom(seed: number): (below: number) => number;
export function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array;
