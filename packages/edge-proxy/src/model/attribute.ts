import { suggestion } from "./nearest.ts";
import type { Problem } from "./problem.ts";

/**
 * Attributes are what AWS calls the string-valued settings of a load balancer, a listener or a target group. One table
 * per resource gives each its AWS key, its range and its default; this file reads and writes them.
 */

/** A value that is either switched off or a number. */
export type OffOr = number | "off";

/** What may be written, for those who list it: a schema, a page. */
export type AttributeValues =
  | { readonly kind: "boolean" | "text" }
  | { readonly kind: "integer" | "integer or off"; readonly min: number; readonly max: number }
  | { readonly kind: "word"; readonly words: readonly string[] };

export interface AttributeDefinition<Value, Context> {
  /** AWS's key, e.g. `deregistration_delay.timeout_seconds`. */
  readonly key: string;
  /** The value before anyone sets it. It may depend on the resource, e.g. on the target type. */
  readonly default: Value | ((context: Context) => Value);
  readonly values: AttributeValues;
  /** Reads AWS's string form; an `error` is in AWS's words. */
  readonly parse: (text: string) => { readonly value: Value } | { readonly error: string };
  /** Set where the value is kept and answered but changes nothing here: the reason, in words. */
  readonly noEffect?: string;
}

export type AttributeTable<Attributes, Context> = {
  readonly [Name in keyof Attributes]: AttributeDefinition<Attributes[Name], Context>;
};

type Options<Value, Context> = {
  readonly default: AttributeDefinition<Value, Context>["default"];
  readonly noEffect?: string;
};

export function boolean<Context>(
  key: string,
  options: Options<boolean, Context>,
): AttributeDefinition<boolean, Context> {
  return {
    key,
    ...options,
    values: { kind: "boolean" },
    parse: (text) =>
      text === "true" || text === "false"
        ? { value: text === "true" }
        : { error: `The value of '${key}' must be 'true' or 'false', but was '${text}'` },
  };
}

export function integer<Context>(
  key: string,
  options: Options<number, Context> & {
    readonly min: number;
    readonly max: number;
    readonly error?: (text: string) => string;
  },
): AttributeDefinition<number, Context> {
  const { min, max, error, ...rest } = options;
  return {
    key,
    ...rest,
    values: { kind: "integer", min, max },
    parse: (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return { value };
      return { error: error?.(text) ?? `'${key}' value '${text}' must be between '${min}-${max}' inclusive` };
    },
  };
}

export function word<Word extends string, Context>(
  key: string,
  words: readonly Word[],
  options: Options<Word, Context> & { readonly error?: (text: string) => string },
): AttributeDefinition<Word, Context> {
  const { error, ...rest } = options;
  return {
    key,
    ...rest,
    values: { kind: "word", words },
    parse: (text) => {
      const value = words.find((candidate) => candidate === text);
      if (value !== undefined) return { value };
      return { error: error?.(text) ?? `'${key}' must be one of ${words.join(",")}` };
    },
  };
}

export function text<Context>(key: string, options: Options<string, Context>): AttributeDefinition<string, Context> {
  return { key, ...options, values: { kind: "text" }, parse: (value) => ({ value }) };
}

export function countOrOff<Context>(
  key: string,
  options: Options<OffOr, Context>,
): AttributeDefinition<OffOr, Context> {
  return {
    key,
    ...options,
    values: { kind: "integer or off", min: 1, max: 999_999 },
    parse: (text) => {
      if (text === "off") return { value: "off" };
      if (/^[1-9]\d{0,5}$/.test(text)) return { value: Number(text) };
      return { error: `The value of '${key}' must be 'off' or a positive integer` };
    },
  };
}

export function percentageOrOff<Context>(
  key: string,
  options: Options<OffOr, Context>,
): AttributeDefinition<OffOr, Context> {
  return {
    key,
    ...options,
    values: { kind: "integer or off", min: 1, max: 100 },
    parse: (text) => {
      if (text === "off") return { value: "off" };
      const value = /^\d{1,3}$/.test(text) ? Number(text) : 0;
      if (value >= 1 && value <= 100) return { value };
      return { error: `'${key}' must be 'off' or an integer from 1 to 100 inclusive` };
    },
  };
}

/** The attributes of a resource that nobody has touched yet. */
export function defaultAttributes<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
  context: Context,
): Attributes {
  const values = Object.entries<AttributeDefinition<unknown, Context>>(table).map(([name, definition]) => [
    name,
    typeof definition.default === "function" ? definition.default(context) : definition.default,
  ]);
  return Object.fromEntries(values) as Attributes;
}

/** AWS's keys in a table, in its order. */
export function attributeKeys<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
): string[] {
  return Object.values<AttributeDefinition<unknown, Context>>(table).map((definition) => definition.key);
}

/** Every attribute as AWS writes it, in the table's order. */
export function attributeEntries<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
  attributes: Attributes,
): { readonly key: string; readonly text: string }[] {
  return Object.entries<AttributeDefinition<unknown, Context>>(table).map(([name, { key }]) => ({
    key,
    text: attributeText(attributes[name as keyof Attributes]),
  }));
}

/** A value as AWS writes it: always a string. */
export function attributeText(value: unknown): string {
  return String(value);
}

export interface AttributeChange<Attributes> {
  readonly attributes: Attributes;
  readonly problems: readonly Problem[];
  /** Keys that were set to something else than before and change nothing here. */
  readonly warnings: readonly Problem[];
}

/**
 * Lays changes (AWS key → AWS string) over the attributes that a resource has. A wrong one is a problem and changes
 * nothing; rules between attributes are for the caller to check on the merged result, as AWS does.
 */
export function changeAttributes<Attributes extends object, Context>(
  table: AttributeTable<Attributes, Context>,
  current: Attributes,
  changes: Readonly<Record<string, string>>,
  kind: string,
): AttributeChange<Attributes> {
  const byKey = new Map(
    Object.entries<AttributeDefinition<unknown, Context>>(table).map(([name, definition]) => [
      definition.key,
      { name, definition },
    ]),
  );
  const merged: Record<string, unknown> = Object.fromEntries(Object.entries(current));
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const [key, text] of Object.entries(changes)) {
    const found = byKey.get(key);
    if (found === undefined) {
      problems.push({
        path: [key],
        message: `${kind} attribute key '${key}' is not recognized`,
        hint: suggestion(key, [...byKey.keys()]),
        atKey: true,
      });
      continue;
    }
    const parsed = found.definition.parse(text);
    if ("error" in parsed) {
      problems.push({ path: [key], message: parsed.error });
      continue;
    }
    if (found.definition.noEffect !== undefined && parsed.value !== merged[found.name]) {
      warnings.push({ path: [key], message: `'${key}' has no effect here: ${found.definition.noEffect}`, atKey: true });
    }
    merged[found.name] = parsed.value;
  }
  return { attributes: merged as Attributes, problems, warnings };
}
