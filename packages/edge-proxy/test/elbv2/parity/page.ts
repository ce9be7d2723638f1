import { actionRows } from "./actions.ts";
import { listenerAttributeRows, loadBalancerAttributeRows, targetGroupAttributeRows } from "./attributes.ts";
import { behaviourRows, differenceRows, missingRows } from "./data-plane.ts";
import type { Row, TestName } from "./row.ts";

interface Section {
  readonly title: string;
  readonly intro?: string;
  readonly rows: readonly Row[];
  /** Actions and keys are written as code. */
  readonly code: boolean;
}

const sections: readonly Section[] = [
  { title: "Different, and why", rows: differenceRows, code: false },
  { title: "Not provided", rows: missingRows, code: false },
  { title: "Behaviour that is the same", rows: behaviourRows, code: false },
  {
    title: "Actions of the ELBv2 API",
    intro:
      "All that the SDK knows. [The ELBv2 API](elbv2-api.md) says what subnets, VPCs and the like mean on one machine.",
    rows: actionRows,
    code: true,
  },
  { title: "Target group attributes", rows: targetGroupAttributeRows, code: true },
  { title: "Load balancer attributes", rows: loadBalancerAttributeRows, code: true },
  { title: "Listener attributes", rows: listenerAttributeRows, code: true },
];

/** Every row of the page. */
export const allRows: readonly Row[] = sections.flatMap(({ rows }) => rows);

const intro = `# What is the same as on AWS, and what is not

<!-- generated from packages/edge-proxy/test/elbv2/parity: UPDATE_DOCS=1 npx vitest run packages/edge-proxy/test/elbv2/parity -->

The stand-in ends a client's TCP connection and opens one of its own to the target; an NLB passes packets on. This page says where that
makes a difference. Every line of it is pinned by tests, which are listed under each section. The words of AWS's errors are from its documentation
and from recorded answers; where these leave open whether a code is \`ValidationError\` or \`InvalidConfigurationRequest\`, only the words are compared.
`;

/** docs/aws-parity.md */
export function parityPage(): string {
  return [intro, summary(), ...sections.map(sectionText)].join("\n");
}

const verdicts = ["holds", "differs", "not provided"] as const;

/** How many rows of each section have which verdict. */
function summary(): string {
  const lines = sections.map(({ title, rows }) => {
    const counts = verdicts.map((verdict) => rows.filter((row) => row.verdict === verdict).length || "");
    const anchor = title
      .toLowerCase()
      .replaceAll(/[^a-z0-9 ]/g, "")
      .replaceAll(" ", "-");
    return `| [${title}](#${anchor}) | ${counts.join(" | ")} |`;
  });
  return ["|  | the same | different | not provided |", "| --- | ---: | ---: | ---: |", ...lines, ""].join("\n");
}

/** What needs no words is a list to skim; the rest has a table with the reasons; the tests are folded away. */
function sectionText({ title, intro, rows, code }: Section): string {
  const plain = rows.filter(({ note }) => note === undefined);
  const noted = rows.filter(({ note }) => note !== undefined);
  const list = code
    ? `The same as on AWS: ${plain.map((row) => name(row, code)).join(", ")}.`
    : plain.map((row) => `- ${name(row, code)}`).join("\n");
  const parts = [
    `## ${title}`,
    ...(intro === undefined ? [] : [intro]),
    ...(plain.length === 0 ? [] : [list]),
    ...(noted.length === 0 ? [] : [code ? reasons(noted) : comparison(noted)]),
    tests(rows, code),
  ];
  return `${parts.join("\n\n")}\n`;
}

function name({ what }: Row, code: boolean): string {
  return code ? `\`${what}\`` : what;
}

/** Actions and attributes that are not the same, or need a word. Those with one reason share a line. */
function reasons(rows: readonly Row[]): string {
  const lines = grouped(rows, ({ verdict, note }) => `${verdict === "holds" ? "the same" : verdict}: ${note}`);
  const cells = [...lines].map(([here, some]) => `| ${some.map((row) => name(row, true)).join(", ")} | ${here} |`);
  return ["|  | here |", "| --- | --- |", ...cells].join("\n");
}

function comparison(rows: readonly Row[]): string {
  return ["| on AWS | here |", "| --- | --- |", ...rows.map(({ what, note }) => `| ${what} | ${note} |`)].join("\n");
}

/** The tests of each row, folded away. Rows with the same tests share a line. */
function tests(rows: readonly Row[], code: boolean): string {
  const lines = grouped(rows, (row) => testsText(row.tests));
  const list = [...lines].map(([proof, some]) => `- ${some.map((row) => name(row, code)).join(", ")}: ${proof}`);
  return ["<details><summary>Tests</summary>", list.join("\n"), "</details>"].join("\n\n");
}

function grouped(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

function testsText(all: readonly TestName[]): string {
  const files = [...new Set(all.map(({ file }) => file))];
  const parts = files.map((file) => {
    const names = all.filter((test) => test.file === file).map(({ name }) => `“${escaped(name)}”`);
    return `[${file.split("/").at(-1)?.replace(".test.ts", "")}](../${file}) ${names.join(", ")}`;
  });
  return parts.join("; ");
}

/** Test names may have signs that mean something in Markdown. */
function escaped(name: string): string {
  return name.replaceAll(/[|*_<>[\]$]/g, "\\$&");
}
