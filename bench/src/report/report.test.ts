import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Report, readReport, reportFormat } from "./report.ts";
import { writeReport } from "./write-report.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgekit-report-"));
});
afterEach(() => rm(folder, { recursive: true }));

const report: Report = {
  format: reportFormat,
  machine: {
    cpu: "a <fast> & rare one",
    cores: 2,
    memoryGiB: 4,
    kernel: "Linux 6",
    node: "v20.20.2",
    v8: "11.3",
    otherNodes: ["v26.10.0"],
    versions: { haproxy: "2.6.12" },
  },
  startedAt: "2026-01-02T03:04:05.678Z",
  finishedAt: "2026-01-02T03:14:05.678Z",
  benches: [
    {
      name: "requests",
      group: "system",
      about: "what a request costs",
      seconds: 40,
      others: 0.25,
      tables: [
        {
          title: "CPU time",
          about: "Of the proxy's process.",
          unit: "µs",
          rows: [
            { name: "haproxy", rounds: [10, 10, 10] },
            { name: "edge-proxy", rounds: [12, 13, 14] },
          ],
          reference: "haproxy",
          comparedBy: "cost",
          absent: ["nginx stream: apt-get install nginx-light"],
          verdicts: [{ kind: "cost", limit: 1.1, met: false, measured: 1.3, text: "at most 1.1; measured 1.3" }],
        },
      ],
    },
    {
      name: "idle",
      group: "system",
      about: "memory",
      tables: [
        {
          title: "Memory",
          about: "Of a flow.",
          unit: "KiB",
          axis: "flows",
          rows: [
            { name: "haproxy", at: 1_000, rounds: [3.5] },
            { name: "haproxy", at: 5_000, rounds: [3.5] },
            { name: "edge-proxy", at: 1_000, rounds: [7] },
          ],
          reference: "haproxy",
          comparedBy: "cost",
          absent: [],
          verdicts: [],
        },
      ],
    },
    { name: "storm", group: "system", about: "many", failure: "it went wrong", tables: [] },
  ],
};

test("what is written can be read again, raw rounds and all", async () => {
  const paths = await writeReport(folder, report, undefined);
  expect((await readdir(folder)).sort()).toEqual(
    ["html", "json", "md"].map((ending) => `requests-idle-storm-2026-01-02T031405.${ending}`),
  );
  expect(await readReport(paths[2]!)).toEqual(report);
});

test("the Markdown has the figures with their spread, the ratios, the verdicts and what is not here", async () => {
  const [path] = await writeReport(folder, report, undefined);
  const text = await readFile(path!, "utf8");
  for (const part of [
    /^- a <fast> & rare one, 2 cores, 4 GiB, Linux 6; no program is pinned to a core$/m,
    /^- 2026-01-02T03:14:05.678Z; others took 25 % of the processors meanwhile: repeat before believing it$/m,
    /^- the machine was busy with other work during requests \(25 %\)$/m,
    /^0 of 1 targets met\.$/m,
    /^- \*\*missed\*\*: CPU time: at most 1.1; measured 1.3$/m,
    /^- Node v20.20.2, V8 11.3; beside it Node v26.10.0$/m,
    /^\| edge-proxy \| +13 \| +12.5 to 13.5 \| +1.30 \| 1.25 to 1.35 \|$/m,
    /^- \*\*missed\*\*: at most 1.1; measured 1.3$/m,
    /^- not here: nginx stream: apt-get install nginx-light$/m,
    /^\*\*failed\*\*: it went wrong$/m,
    // A curve: places down, contestants across, and nothing where nothing was measured.
    /^\| 1\u202f000 \| +3.5 \| +7 \(× 2.00\) \|$/m,
    /^\| 5\u202f000 \| +3.5 \| +\|$/m,
    // At a glance.
    /^\| Memory: 1\u202f000 flows \| +3.5 KiB \| +× 2.00 \|$/m,
  ]) {
    expect(text).toMatch(part);
  }
});

test("the page needs no other file, and text stays text", async () => {
  const [, path] = await writeReport(folder, report, undefined);
  const text = await readFile(path!, "utf8");
  expect(text).not.toMatch(/<script|<link|src=|@import|url\(|https?:/);
  expect(text).toContain("a &lt;fast&gt; &amp; rare one");
  // A bar as long as its part of the longest, and a point for each place of each curve.
  expect(text).toContain('<i style="width:74.07%">');
  expect(text.match(/<circle /g)).toHaveLength(3);
  expect(text).toContain("<tr><th>1\u202f000</th><td>3.5</td><td>7 (× 2.00)</td></tr>");
});

test.each([
  ["is not JSON", "hello", "is not JSON; give the .json that an earlier run has written"],
  ["is of another format", '{"format":1}', "is no report of format 2"],
  ["has lost its content", '{"format":2}', "has no benches or no machine"],
  ["is JSON of something else", "null", "is no report of format 2"],
])("a file that %s is refused by name", async (_, content, message) => {
  const path = join(folder, "old.json");
  await writeFile(path, content);
  await expect(readReport(path)).rejects.toThrow(`${path} ${message}`);
});

test("a file that is not there is refused by name", async () => {
  const path = join(folder, "none.json");
  await expect(readReport(path)).rejects.toThrow(`${path} cannot be read: ENOENT`);
});
