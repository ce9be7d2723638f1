import { withDeadline } from "@edgekit/testkit";

/** Waits until something is so, looking again after each turn of the event loop. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  let given = false;
  const turns = (async () => {
    while (!given && !condition()) await new Promise((resolve) => setImmediate(resolve));
  })();
  try {
    await withDeadline(turns, what);
  } finally {
    given = true;
  }
}
