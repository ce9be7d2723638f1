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
  { title: "Behaviour that is the same", rows: behaviourRows, code: false },
  { title: "Different, and why", rows: differenceRows, code: false },
  { title: "Not provided", rows: missingRows, code: false },
];

/** Every row of the page. */
export const allRows: readonly Row[] = sections.flatMap(({ rows }) => rows);

const intro = `# What is the same as on AWS, and what is not

<!-- generated from packages/edge-proxy/test/elbv2/parity: UPDATE_DOCS=1 npx vitest run packages/edge-proxy/test/elbv2/parity -->

The stand-in ends a client's TCP connection and opens one of its own to the target; an NLB passes packets on. This page says where that
makes a difference. *holds* means: the same as on AWS. Each row names the tests that prove it. The page is generated from a list that a test
compares with the SDK's actions, with the attributes of the model, and with the existing tests. The words of AWS's errors are from its documentation and
from recorded answers; where these leave open whether a code is \`ValidationError\` or \`InvalidConfigurationRequest\`, only the words are compared.
`;

/** docs/aws-parity.md */
export function parityPage(): string {
  return [intro, ...sections.map(sectionText)].join("\n");
}

function sectionText({ title, intro, rows, code }: Section): string {
  const lines = rows.map(({ what, verdict, note, tests }) =>
    line(
      code ? `\`${what}\`` : what,
      code ? `${verdict}${note === undefined ? "" : `: ${note}`}` : (note ?? verdict),
      tests,
    ),
  );
  const heads = code ? ["", "here", "tests"] : ["on AWS", "here", "tests"];
  return [
    `## ${title}`,
    "",
    ...(intro === undefined ? [] : [intro, ""]),
    `| ${heads.join(" | ")} |`,
    "| --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}

function line(what: string, here: string, tests: readonly TestName[]): string {
  const files = [...new Set(tests.map(({ file }) => file))];
  const cell = files.map((file) => {
    const names = tests.filter((test) => test.file === file).map(({ name }) => escaped(name));
    return `[${file.split("/").at(-1)?.replace(".test.ts", "")}](../${file}): ${names.join("; ")}`;
  });
  return `| ${what} | ${here} | ${cell.join("<br>")} |`;
}

/** Test names may have signs that mean something in Markdown. */
function escaped(name: string): string {
  return name.replaceAll(/[|*_<>[\]$]/g, "\\$&");
}
