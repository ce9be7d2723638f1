import { systemClock } from "../clock.ts";
import { EdgeProxyError } from "../error.ts";
import { askAdmin } from "./admin-client.ts";
import { readState } from "./admin-state.ts";
import { print, printError } from "./output.ts";
import { Screen } from "./screen.ts";
import { styleFor } from "./style.ts";
import { type AdminFlow, firstView, frame, press, type Sample, type TopView } from "./top-view.ts";

const refreshMs = 1_000;
/** More do not fit a screen. */
const shownFlows = "100";

/** `edge-proxy top` */
export async function top({ admin }: { readonly admin: URL }): Promise<void> {
  const style = styleFor(process.stdout);
  const first = await sample(admin, firstView);
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    printError("This is no terminal, so here is one frame; `edge-proxy status --json` is for programs.\n");
    print(`${frame(firstView, first, undefined, admin.origin, style).join("\n")}\n`);
    return;
  }
  await live(admin, first, style);
}

/** Until a key ends it. */
async function live(admin: URL, first: Sample, style: ReturnType<typeof styleFor>): Promise<void> {
  let view: TopView | "quit" = firstView;
  let now = first;
  let before: Sample | undefined;
  let failure = "";
  let wake = (): void => {};
  const draw = (): void => {
    if (view === "quit") return;
    const trouble = failure === "" ? [] : [style("red", failure), ""];
    screen.draw([...trouble, ...frame(view, now, before, admin.origin, style)]);
  };
  const onKey = (text: string): void => {
    // Several keys may come at once; an arrow is a sequence, which is none of ours.
    const keys = text.startsWith("\u001b") && text.length > 1 ? [] : [...text];
    for (const key of keys) if (view !== "quit") view = press(view, key);
    draw();
    if (view === "quit") wake();
  };
  using screen = new Screen(process.stdin, process.stdout, onKey, draw);
  for (;;) {
    draw();
    await new Promise<void>((resolve) => {
      const timer = systemClock.setTimer(refreshMs, resolve);
      wake = () => {
        systemClock.clear(timer);
        resolve();
      };
      // A key may have ended it while the answer was on its way.
      if (view === "quit") wake();
    });
    const wanted = view as TopView | "quit";
    if (wanted === "quit") return;
    try {
      const next = await sample(admin, wanted);
      before = now;
      now = next;
      failure = "";
    } catch (error) {
      if (!(error instanceof EdgeProxyError)) throw error;
      failure = error.message;
    }
  }
}

async function sample(admin: URL, { detail }: TopView): Promise<Sample> {
  const state = await readState(admin);
  const atMs = systemClock.now();
  return detail ? { state, atMs, flows: await readFlows(admin) } : { state, atMs };
}

async function readFlows(admin: URL): Promise<readonly AdminFlow[] | "unknown"> {
  const { status, body } = await askAdmin(admin, "/api/flows", { limit: shownFlows });
  const flows = status === 200 && (body as { flows?: unknown } | null)?.flows;
  return Array.isArray(flows) ? flows : "unknown";
}
