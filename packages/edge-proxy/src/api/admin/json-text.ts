/**
 * What `JSON.stringify(value, null, 2)` gives, in pieces. Iterables other than arrays are written as lists, item by item, so that a
 * long one is never there as a whole: neither as values nor as text.
 */
export function* jsonText(value: unknown, indent = ""): Generator<string> {
  const inner = `${indent}  `;
  if (isMadeAsReached(value)) {
    let separator = `[\n${inner}`;
    for (const item of value) {
      yield separator;
      yield* jsonText(item ?? null, inner);
      separator = `,\n${inner}`;
    }
    yield separator.startsWith("[") ? "[]" : `\n${indent}]`;
  } else if (Array.isArray(value) && value.some(hasListToMake)) {
    yield* jsonText(value.values(), indent);
  } else if (isObject(value) && hasListToMake(value)) {
    let separator = `{\n${inner}`;
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      yield `${separator}${JSON.stringify(key)}: `;
      yield* jsonText(member, inner);
      separator = `,\n${inner}`;
    }
    yield `\n${indent}}`;
  } else {
    // No line feed is ever part of a string in JSON.
    yield JSON.stringify(value, null, 2).replaceAll("\n", `\n${indent}`);
  }
}

function isMadeAsReached(value: unknown): value is Iterable<unknown> {
  return isObject(value) && !Array.isArray(value) && Symbol.iterator in value;
}

function hasListToMake(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (isMadeAsReached(value)) return true;
  for (const key in value) if (hasListToMake(value[key])) return true;
  return false;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
