import type { z } from "zod";
import { z as zod } from "zod";
import { suggestion } from "../../model/nearest.ts";
import type { Problem } from "../../model/problem.ts";
import type { EdgeProxyConfig } from "./config.ts";
import { configSchema } from "./schema.ts";

/** Checks the shape of anything that claims to be a config. */
export function parseConfig(
  input: unknown,
): { readonly config: EdgeProxyConfig } | { readonly problems: readonly Problem[] } {
  const dropped = droppedKeys(input);
  if (dropped.length > 0) return { problems: dropped };
  const result = configSchema.safeParse(input ?? {}, { reportInput: true });
  return result.success
    ? { config: result.data }
    : { problems: result.error.issues.flatMap((issue) => explain(issue)) };
}

/** Keys `__proto__`, which zod would leave out without a word where any key is allowed. */
function droppedKeys(value: unknown, path: Problem["path"] = [], seen: Set<object> = new Set()): Problem[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === "__proto__") return [{ path: here, message: "'__proto__' cannot be a key in a config", atKey: true }];
    return droppedKeys(inner, here, seen);
  });
}

type Issue = z.core.$ZodIssue;

function explain(issue: Issue): Problem[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  if (issue.code === "unrecognized_keys") {
    const valid = schemasAt(path).flatMap((schema) => Object.keys(schema.properties ?? {}));
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key '${key}'`,
      hint: suggestion(key, valid),
      atKey: true,
    }));
  }
  if (issue.code === "invalid_union") return explainUnion(issue, path);
  const subject = subjectOf(path);
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return [{ path, message: `${subject} is missing: ${expected(issue, path)}` }];
  }
  if (issue.code === "custom" || issue.code === "invalid_format") {
    const message = issue.message.startsWith("must")
      ? `${subject} ${issue.message}${butWas(issue.input)}`
      : issue.message;
    return [{ path, message }];
  }
  const message = `${subject} ${expected(issue, path)}${butWas(issue.input)}`;
  return [isQuotedNumber(issue) ? { path, message, hint: "write it without quotes" } : { path, message }];
}

/** What a message is about: `'port'`, `an entry of 'targets'`. */
function subjectOf(path: Problem["path"]): string {
  const key = path.findLast((step) => typeof step === "string");
  if (key === undefined) return "the config";
  return typeof path.at(-1) === "number" ? `an entry of '${key}'` : `'${key}'`;
}

/** What was there instead, where it fits into a line. A key without a value is null in YAML. */
function butWas(input: unknown): string {
  if (input === null) return ", but is empty";
  if (typeof input === "object") return "";
  const text = String(input);
  return `, but was '${text.length > maxShown ? `${text.slice(0, maxShown)}…` : text}'`;
}

/** As many characters of a value as tell which one it is. */
const maxShown = 100;

/** Whether it would be a number if it were not for the quotes, which the message cannot show. */
function isQuotedNumber(issue: Issue): boolean {
  const { code, input } = issue;
  return code === "invalid_type" && typeof input === "string" && issue.expected === "number" && /^\d+$/.test(input);
}

/** What would be right: `must be a whole number from 1 to 65535`. */
function expected(issue: Issue, path: Problem["path"]): string {
  if (issue.code === "invalid_value")
    return `must be ${issue.values.map((value) => `'${String(value)}'`).join(" or ")}`;
  if (issue.code === "too_small" && issue.origin === "array") return `needs at least ${issue.minimum} entry`;
  const schema = schemasAt(path)[0];
  if (schema?.type === "integer" || schema?.type === "number") {
    const low = schema.minimum ?? schema.exclusiveMinimum;
    const isOpen = schema.minimum === undefined;
    const bounds = [
      low === undefined ? "" : ` ${isOpen ? "above" : "from"} ${low}`,
      schema.maximum === undefined || schema.maximum >= Number.MAX_SAFE_INTEGER
        ? ""
        : ` ${isOpen ? "and at most" : "to"} ${schema.maximum}`,
    ];
    return `must be a ${schema.type === "integer" ? "whole " : ""}number${bounds.join("")}`;
  }
  return issue.code === "invalid_type" ? `must be ${article(issue.expected, path)}` : issue.message;
}

/** A union fails with one list per alternative: the one that got furthest is what the user meant. */
function explainUnion(issue: Extract<Issue, { code: "invalid_union" }>, path: Problem["path"]): Problem[] {
  const depth = (issues: readonly Issue[]): number => Math.max(...issues.map(({ path: inner }) => inner.length));
  const deeper = issue.errors.filter(
    (issues) => depth(issues) > 0 || issues.some(({ code }) => code !== "invalid_type" && code !== "invalid_value"),
  );
  const meant = deeper[0];
  if (meant !== undefined) {
    return meant.flatMap((inner) => explain({ ...inner, path: [...path, ...inner.path] }));
  }
  const allowed = issue.errors.flat().map((inner) => expected(inner, path).replace(/^must be /, ""));
  return [{ path, message: `${subjectOf(path)} must be ${allowed.join(" or ")}${butWas(issue.input)}` }];
}

function article(type: string, path: Problem["path"]): string {
  if (type === "record" || type === "object") {
    const keys = schemasAt(path).flatMap((schema) => Object.keys(schema.properties ?? {}));
    return keys.length === 0 ? "a map of keys" : `a map of keys (${keys.join(", ")})`;
  }
  if (type === "array") return "a list";
  return `a ${type}`;
}

interface JsonSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** What the schema allows at a place of the config. */
function schemasAt(path: Problem["path"]): JsonSchema[] {
  const alternatives = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf ?? [schema];
  let here: JsonSchema[] = [zod.toJSONSchema(configSchema, { io: "input" }) as JsonSchema];
  for (const step of path) {
    here = here
      .flatMap(alternatives)
      .map((schema) => (typeof step === "number" ? schema.items : schema.properties?.[step]))
      .filter((schema) => schema !== undefined);
  }
  return here.flatMap(alternatives);
}
