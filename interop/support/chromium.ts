import { type Browser, chromium } from "playwright-core";
import { Program } from "./process.ts";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Into an attribute, percent-encoded: the page that is printed in the end has it unchanged.
const reporting = `
function report(value) {
  document.documentElement.dataset.report = encodeURIComponent(JSON.stringify(value));
}
addEventListener("error", ({ message }) => report({ message }));
`;

/** Runs a script in an empty page of a new browser, and gives what it called `report` with. */
export async function runInChromium(script: string): Promise<unknown> {
  await using browser = await Program.start(
    (folder) => [
      "chromium",
      ...flags,
      `--user-data-dir=${folder}/user-data`,
      "--dump-dom",
      `file://${folder}/page.html`,
    ],
    {
      // Inline, because a page from a file is not told what went wrong in a script from another file.
      "page.html": () =>
        `<meta charset="utf-8">\n<script>${reporting}</script>\n<script>${script.replaceAll("</script", "<\\/script")}</script>`,
    },
  );
  const output = await browser.finishes();
  const reported = /data-report="([^"]*)"/.exec(output)?.[1];
  if (reported === undefined) throw new Error(`nothing was reported:\n${output}`);
  return JSON.parse(decodeURIComponent(reported));
}

/** A browser for tests that look at a page and use it. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
}
