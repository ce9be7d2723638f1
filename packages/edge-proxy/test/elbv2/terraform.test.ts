import { readFileSync } from "node:fs";
import { trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Api, attributeRecord } from "./support/api.ts";
import { zones } from "./support/place.ts";
import { query } from "./support/query.ts";
import { Targets } from "./support/targets.ts";

trackLeaks();

interface Step {
  readonly call: string;
  readonly input?: object;
  readonly keep?: Readonly<Record<string, string>>;
  readonly answer?: object;
  readonly attributes?: object;
  readonly error?: string;
  readonly traffic?: boolean;
}

interface Phase {
  readonly phase: string;
  readonly steps: readonly Step[];
}

const trace = parse(readFileSync(new URL("traces/terraform.yaml", import.meta.url), "utf8")) as readonly Phase[];

type Kept = Map<string, unknown>;

/** The same, with what has been kept in the place of `$name`. */
function filled<T>(value: T, kept: Kept): T {
  if (typeof value === "string" && value.startsWith("$")) {
    const name = value.slice(1);
    if (!kept.has(name)) throw new Error(`nothing has been kept as ${name}`);
    return kept.get(name) as T;
  }
  if (Array.isArray(value)) return value.map((entry) => filled(entry, kept)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, filled(field, kept)])) as T;
}

function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

async function answerTo(api: Api, call: string, input: object): Promise<{ answer?: object; error?: string }> {
  if (call === "GetCallerIdentity") {
    const { status, body } = await query(api.url, { Action: call, Version: "2011-06-15" });
    return status === 200 ? { answer: {} } : { error: body };
  }
  const method = `${call.charAt(0).toLowerCase()}${call.slice(1)}` as "describeTags";
  try {
    return { answer: await api.elb[method](input as never) };
  } catch (error) {
    return { error: (error as Error).name.replace(/Exception$/, "") };
  }
}

describe("Terraform", () => {
  it("creates, refreshes, changes and destroys with the calls of its AWS provider", async () => {
    await using api = await Api.start();
    await using targets = await Targets.listen(1);
    const kept: Kept = new Map<string, unknown>([
      ["subnetA", zones[0].subnetId],
      ["subnetB", zones[1].subnetId],
      ["targetPort", targets.ports[0]],
    ]);
    for (const { phase, steps } of trace) {
      // Between two runs of Terraform targets are checked.
      if (phase === "refresh") await api.clock.advanceAsync(1_000);
      for (const step of steps) {
        const about = `${phase}: ${step.call} ${JSON.stringify(step.input ?? {})}`;
        const { answer, error } = await answerTo(api, step.call, filled(step.input ?? {}, kept));
        expect(error, about).toBe(step.error);
        if (step.answer) expect(answer, about).toMatchObject(filled(step.answer, kept));
        if (step.attributes) {
          const { Attributes } = answer as { Attributes?: { Key: string; Value: string }[] };
          expect(attributeRecord(Attributes), about).toMatchObject(step.attributes);
        }
        for (const [name, path] of Object.entries(step.keep ?? {})) kept.set(name, at(answer, path));
        if (step.traffic) (await api.connect(targets)).end();
      }
    }
    expect(api.nlb.listeners).toEqual([]);
  });
});
