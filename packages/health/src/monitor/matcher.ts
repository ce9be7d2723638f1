import { HealthError } from "../error.ts";

/** A set of HTTP status codes. */
export type Matcher = (status: number) => boolean;

/**
 * Reads AWS's `Matcher.HttpCode`: codes and ranges in a list, as in `"200"`, `"200,202"`, `"200-399"`, `"200,300-399"`.
 * Codes are 100–599; AWS's narrower range is not enforced.
 * @throws {HealthError} `HEALTH_INVALID_MATCHER`.
 */
export function parseMatcher(text: string): Matcher {
  const ranges = text.split(",").map((part) => {
    const [, first, last = first] = /^\s*(\d{3})(?:-(\d{3}))?\s*$/.exec(part) ?? [];
    const range = { first: Number(first), last: Number(last) };
    if (!(range.first >= 100 && range.first <= range.last && range.last <= 599)) {
      throw new HealthError("HEALTH_INVALID_MATCHER", `not a list of HTTP codes: "${text}"`);
    }
    return range;
  });
  return (status) => ranges.some(({ first, last }) => status >= first && status <= last);
}
