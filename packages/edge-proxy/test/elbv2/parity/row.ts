/** A test, by the file that it is in and its name. */
export interface TestName {
  /** From the root of the repository. */
  readonly file: string;
  readonly name: string;
}

/** One thing that AWS does, and whether it is so here. */
export interface Row {
  /** An action, an attribute's key, or a sentence. */
  readonly what: string;
  readonly verdict: "holds" | "differs" | "not provided";
  /** What is different, and why; for what holds, what is worth knowing. */
  readonly note?: string;
  /** What pins it. */
  readonly tests: readonly TestName[];
}

/** A test of this suite. */
export function pinned(file: string, ...names: readonly string[]): TestName[] {
  return elsewhere(`packages/edge-proxy/test/elbv2/${file}.test.ts`, ...names);
}

/** A test of any other file. */
export function elsewhere(file: string, ...names: readonly string[]): TestName[] {
  return names.map((name) => ({ file, name }));
}
