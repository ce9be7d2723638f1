/**
 * Runs the vectors against any PROXY protocol decoder. Plain JavaScript, no dependency, no test framework:
 * README.md beside this file describes the vectors and what an adapter returns.
 */

import { readFileSync } from "node:fs";

/** @typedef {import("./runner.js").Vector} Vector @typedef {import("./runner.js").Outcome} Outcome */

/** @returns {Vector[]} */
export function loadVectors(file = new URL("./pp2-vectors.json", import.meta.url)) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** @param {string} hex */
export function fromHex(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * What is wrong with an outcome; an empty list is a pass.
 *
 * @param {Vector} vector
 * @param {Outcome} outcome
 * @returns {string[]}
 */
export function compare(vector, outcome) {
  const { expect } = vector;
  const expected = expect.incomplete ? "incomplete" : expect.ok ? "ok" : "invalid";
  if (outcome.status !== expected) {
    return [`status is ${outcome.status}${outcome.reason ? ` (${outcome.reason})` : ""}, expected ${expected}`];
  }
  if (expected === "incomplete") return compareField("minTotal", outcome.minTotal, expect.minTotal);
  if (expected === "invalid") return compareField("reason", outcome.reason, expect.reason);
  const wrong = compareField("consumed", outcome.consumed, expect.consumed);
  const { ok: _ok, consumed: _consumed, ...fields } = expect;
  for (const [name, value] of Object.entries(fields)) {
    const actual = outcome.fields?.[name];
    if (value === null && name === "tlvs") continue;
    if (vector.stringForms?.[name]?.includes(/** @type {string} */ (actual))) continue;
    if (name === "ssl" && actual) {
      for (const [key, part] of Object.entries(value)) {
        wrong.push(...compareField(`ssl.${key}`, /** @type {any} */ (actual)[key], part));
      }
      continue;
    }
    wrong.push(...compareField(name, actual, value));
  }
  const payload = vector.payloadHex;
  const rest = vector.hex.slice(2 * (outcome.consumed ?? 0));
  if (payload !== undefined && rest !== payload) wrong.push(`payload is ${rest}, expected ${payload}`);
  return wrong;
}

/**
 * Runs all vectors whole.
 *
 * @param {import("./runner.js").Adapter} decode
 * @param {readonly Vector[]} [vectors]
 * @returns {{ name: string, wrong: string[] }[]} one entry for each vector
 */
export function runVectors(decode, vectors = loadVectors()) {
  return vectors.map((vector) => {
    let wrong;
    try {
      wrong = compare(vector, decode(fromHex(vector.hex), vector.options ?? {}, vector));
    } catch (error) {
      wrong = [`threw ${error}`];
    }
    return { name: vector.name, wrong };
  });
}

/** @param {string} name @param {unknown} actual @param {unknown} expected */
function compareField(name, actual, expected) {
  if (actual === undefined || expected === undefined) return [];
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  return is === should ? [] : [`${name} is ${is}, expected ${should}`];
}
