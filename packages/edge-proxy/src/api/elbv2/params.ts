import { ApiError } from "./api-error.ts";

// No parameter of the API is nested more deeply.
const maxDepth = 12;

/** A node of the tree that parameter names make when they are split at their dots. */
export class Branch {
  value: string | undefined;
  readonly children: Map<string, Branch> = new Map();

  at(steps: readonly string[]): Branch {
    const [first, ...rest] = steps;
    if (first === undefined) return this;
    const child = this.children.get(first) ?? new Branch();
    this.children.set(first, child);
    return child.at(rest);
  }
}

/** Reads `application/x-www-form-urlencoded`. Never throws; if a name comes twice, the first one counts. */
export function parseParams(body: string): Params {
  const root = new Branch();
  for (const [name, value] of new URLSearchParams(body)) {
    const steps = name.split(".");
    if (steps.length <= maxDepth) root.at(steps).value ??= value;
  }
  return new Params(root);
}

/**
 * The parameters of a call in AWS's query protocol, as a tree: `Tags.member.1.Key=a` is the field `Key` of the first entry of
 * the list `Tags`.
 */
export class Params {
  readonly #branch: Branch;

  constructor(branch: Branch) {
    this.#branch = branch;
  }

  has(name: string): boolean {
    return this.#branch.children.has(name);
  }

  string(name: string): string | undefined {
    return this.#branch.children.get(name)?.value;
  }

  /** @throws ApiError `ValidationError` when it is missing */
  required(name: string): string {
    const value = this.string(name);
    if (value === undefined || value === "") {
      throw ApiError.constraint("null", memberName(name), "Member must not be null");
    }
    return value;
  }

  /** @throws ApiError `ValidationError` for anything but `true` and `false` */
  boolean(name: string): boolean | undefined {
    const value = this.string(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value === "true" || value === "false") return value === "true";
    throw ApiError.constraint(value, memberName(name), "Member must be 'true' or 'false'");
  }

  /**
   * @param bounds left out where somebody else has better words for a number that is out of range
   * @throws ApiError `ValidationError` for anything but a whole number within the bounds
   */
  integer(name: string, bounds?: { readonly min: number; readonly max: number }): number | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    if (!/^-?\d+$/.test(text)) throw ApiError.constraint(text, memberName(name), "Member must be a whole number");
    const value = Number(text);
    if (bounds === undefined) return value;
    const { min, max } = bounds;
    if (value >= min && value <= max) return value;
    const bound = value < min ? `greater than or equal to ${min}` : `less than or equal to ${max}`;
    throw ApiError.constraint(text, memberName(name), `Member must have value ${bound}`);
  }

  /** @throws ApiError `ValidationError` for any other word */
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.string(name);
    const word = words.find((candidate) => candidate === text);
    if (text === undefined || word !== undefined) return word;
    throw ApiError.constraint(text, memberName(name), `Member must satisfy enum value set: [${words.join(", ")}]`);
  }

  /** Of this parameter itself. */
  get value(): string | undefined {
    return this.#branch.value;
  }

  struct(name: string): Params {
    return new Params(this.#branch.children.get(name) ?? new Branch());
  }

  /** The entries of a list, in the order of their numbers. */
  list(name: string): readonly Params[] {
    const members = this.#branch.children.get(name)?.children.get("member")?.children;
    return [...(members ?? [])]
      .filter(([position]) => /^\d{1,6}$/.test(position))
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, entry]) => new Params(entry));
  }

  strings(name: string): readonly string[] {
    return this.list(name).flatMap(({ value }) => (value === undefined ? [] : [value]));
  }
}

/** AWS writes a member's name with a small first letter when it complains about it. */
function memberName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
