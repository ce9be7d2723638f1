import { inspect, isDeepStrictEqual } from "node:util";
import type { Target } from "../report/target.ts";

/** A kind of work, and all who can do it. One process measures one line, so that lines do not train V8 for each other. */
export interface Line {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** Name of the contestant that the others are compared with. */
  readonly reference: string;
  /** Who cannot do this work, and why. */
  readonly absent: readonly string[];
  readonly targets: readonly Target[];
  /** Made only when they are to run. */
  contestants(): readonly Contestant[];
}

export interface Contestant {
  readonly name: string;
  /**
   * The work, once for each input; what is timed. A function of its own for each contestant, down to the call that it is
   * about: V8 cannot inline what several share. Results go to {@link kept}, so that none is optimised away.
   */
  run(): void;
  /** How many inputs a run goes through: the figure is of one. */
  readonly inputs: number;
  /** All that the same call finds out, input by input. */
  found(): readonly unknown[];
  /** What it must find out. */
  readonly expected: readonly unknown[];
}

/** Where results go; something else might read it, so V8 has to make them. */
export const kept: { value: unknown } = { value: undefined };

/** Throws unless every contestant does what it is timed for: a wrong answer can be had in no time at all. */
export function checkAnswers(line: Line): readonly Contestant[] {
  const contestants = line.contestants();
  for (const { name, found, expected } of contestants) {
    const answers = found();
    const wrong = expected.findIndex((answer, input) => !isDeepStrictEqual(answers[input], answer));
    if (wrong < 0 && answers.length === expected.length) continue;
    const [was, is] = [expected[wrong], answers[wrong]].map((answer) => inspect(answer, { breakLength: Infinity }));
    throw new Error(`${line.name}: ${name} finds ${is} in input ${wrong}, where there is ${was}`);
  }
  return contestants;
}
