/** A test vector; README.md says what its fields mean. */
export interface Vector {
  readonly name: string;
  readonly hex: string;
  // biome-ignore lint/suspicious/noExplicitAny: the fields depend on the outcome
  readonly expect: Readonly<Record<string, any>>;
  // biome-ignore lint/suspicious/noExplicitAny: as in expect
  readonly alternatives?: readonly Readonly<Record<string, any>>[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly payloadHex?: string;
  readonly stringForms?: Readonly<Record<string, readonly string[]>>;
  readonly canonical?: boolean;
  readonly note?: string;
  readonly source: string;
}

/** What an adapter returns, in the vectors' words. What is left out is not compared. */
export interface Outcome {
  readonly status: "ok" | "incomplete" | "invalid";
  /** ok: length of the header. */
  readonly consumed?: number;
  /** incomplete: total bytes wanted. */
  readonly minTotal?: number;
  /** invalid: one of the vectors' reasons. */
  readonly reason?: string;
  /** ok: any of the other fields of `expect`. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type Adapter = (bytes: Uint8Array, options: Readonly<Record<string, unknown>>, vector: Vector) => Outcome;

export function loadVectors(file?: string | URL): Vector[];
export function fromHex(hex: string): Uint8Array;
export function toHex(bytes: Uint8Array): string;
/** What is wrong with an outcome; an empty list is a pass. */
export function compare(vector: Vector, outcome: Outcome): string[];
/** One entry for each vector, in order. */
export function runVectors(decode: Adapter, vectors?: readonly Vector[]): { name: string; wrong: string[] }[];
