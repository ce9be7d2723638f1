import type { Bench, BenchContext } from "../bench.ts";
import { BenchFolder } from "../peers/bench-folder.ts";
import type { Entrant, Field } from "../peers/contestant.ts";
import { missingPrograms, type Program } from "../peers/programs.ts";
import { figure, type Row, rowBeside, type Table } from "../report/table.ts";
import { judge, onEachNode } from "../report/target.ts";
import type { Figure, Line, Sample } from "./line.ts";

/** A line as something to be run by its name. */
export function benchOf<E extends Entrant>(
  line: Line<E>,
  { reference, entrantsOn }: Field<E>,
  missingNow: () => ReadonlyMap<Program, string> = missingPrograms,
): Bench {
  return {
    name: line.name,
    group: line.group,
    about: line.about,
    async run(context) {
      const missing = missingNow();
      const lacking = line.needs.filter((program) => missing.has(program));
      if (lacking.length > 0) return line.figures.map((figure) => emptyTable(figure, lacking, missing));
      const programs: Partial<Record<string, string>> = Object.fromEntries(missing);
      const reasons: Partial<Record<string, string>> = line.absent;
      const everybody = entrantsOn(context.runtimes).filter(({ kind }) => line.only?.includes(kind) ?? true);
      const whyNot = ({ kind }: E): string | undefined => reasons[kind] ?? programs[programOf(kind)];
      const present = everybody.filter((contestant) => whyNot(contestant) === undefined);
      const absent = everybody.flatMap((contestant) => {
        const reason = whyNot(contestant);
        return reason === undefined ? [] : [`${contestant.name}: ${reason}`];
      });
      const samples = await measure(line, present, context);
      return line.figures.map((figure) => tableOf(figure, samples, absent, reference));
    },
  };
}

function programOf(kind: string): string {
  return kind === "nginx stream" ? "nginx" : kind;
}

interface Taken extends Sample {
  readonly contestant: string;
  readonly round: number;
}

interface Turn<E> {
  readonly round: number;
  readonly contestant: E;
  readonly place: number | undefined;
}

/**
 * All contestants in turn, place by place and round by round: what the machine does to one, it does to the others. Every other
 * round goes the other way round, so that nobody always comes after the same one, and what gets slower with time gets so for all.
 */
function turnsOf<E extends Entrant>(line: Line<E>, rounds: number, present: readonly E[]): readonly Turn<E>[] {
  const first = line.warmsUp ? 0 : 1;
  return Array.from({ length: rounds - first + 1 }, (_, index) => first + index).flatMap((round) => {
    const order = round % 2 === 1 ? present : present.toReversed();
    return (line.places ?? [undefined]).flatMap((place) => order.map((contestant) => ({ round, contestant, place })));
  });
}

async function measure<E extends Entrant>(
  line: Line<E>,
  present: readonly E[],
  context: BenchContext,
): Promise<readonly Taken[]> {
  const rounds = context.rounds ?? line.rounds;
  const turns = turnsOf(line, rounds, present);
  const taken: Taken[] = [];
  const folder = new BenchFolder();
  try {
    const stage = await line.open(folder);
    try {
      for (const [done, { round, contestant, place }] of turns.entries()) {
        const where = place === undefined ? "" : ` at ${figure(place)}`;
        context.progress(done, turns.length, `round ${round} of ${rounds}: ${contestant.name}${where}`);
        const samples = await stage.measure(contestant, place ?? 0);
        if (round === 0) continue;
        const at = place === undefined ? {} : { at: place };
        taken.push(...samples.map((sample) => ({ ...at, ...sample, contestant: contestant.name, round })));
      }
    } finally {
      await stage.close();
    }
  } finally {
    folder.remove();
  }
  context.progress(turns.length, turns.length, "done");
  return taken;
}

function tableOf(figure: Figure, samples: readonly Taken[], absent: readonly string[], reference: string): Table {
  const rows = new Map<string, Row & { readonly rounds: number[] }>();
  const own = samples.filter(({ figure: key }) => key === figure.key);
  for (const { contestant: name, at, value } of own) {
    const known = rows.get(`${name} ${at}`);
    if (known === undefined) rows.set(`${name} ${at}`, { name, ...(at === undefined ? {} : { at }), rounds: [value] });
    else known.rounds.push(value);
  }
  const notes = own.flatMap(({ contestant, round, note }) =>
    note === undefined ? [] : [`${contestant}, round ${round}: ${note}`],
  );
  const measured = [...rows.values()];
  const all = figure.beyondReference ? beyond(measured, reference) : measured;
  const compared = figure.compared !== false && all.some(({ name }) => name === reference);
  return {
    ...headOf(figure),
    rows: all,
    ...(compared ? { reference } : {}),
    ...(notes.length > 0 ? { notes } : {}),
    absent,
    verdicts: figure.targets
      .filter(({ kind }) => compared || kind === "figure" || kind === "growth")
      .flatMap((target) => onEachNode(target, all))
      .map((target) => judge(target, all, figure.unit)),
  };
}

/** Round by round what each row has more than its reference. */
function beyond(rows: readonly Row[], reference: string): readonly Row[] {
  return rows.flatMap((row) => {
    const base = rowBeside(rows, reference, row);
    if (base === undefined || base === row) return [];
    return [{ ...row, rounds: row.rounds.map((value, round) => value - (base.rounds[round] ?? Number.NaN)) }];
  });
}

function emptyTable(figure: Figure, lacking: readonly Program[], missing: ReadonlyMap<Program, string>): Table {
  const absent = lacking.map((program) => `anybody: it needs ${program} (${missing.get(program)})`);
  return { ...headOf(figure), rows: [], absent, verdicts: [] };
}

function headOf(figure: Figure): Omit<Table, "rows" | "absent" | "verdicts"> {
  const { title, about, unit, axis, better, elapsed, detail } = figure;
  return {
    title,
    about,
    unit,
    comparedBy: "cost",
    ...(axis && { axis }),
    ...(better && { better }),
    ...(elapsed && { elapsed }),
    ...(detail && { detail }),
  };
}
