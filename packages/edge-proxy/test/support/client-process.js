import { connect } from "node:net";
import { setTimeout as pass } from "node:timers/promises";

/**
 * Clients in a process of their own: `client-process JOB`, in JSON, see `peer-process.ts`. It tells what has come of it; flows that
 * are held stand until its parent lets go of it.
 */
const job = JSON.parse(process.argv[2]);
/** So many connects at once: few enough for any backlog. */
const atOnce = 100;
/** Of clients in each process that hold flows. */
const addresses = 32;
process.on("disconnect", () => process.exit());
process.send(await (job.kind === "hold" ? hold(job) : storm(job)));

/** Opens flows, and reads nothing of what they are sent; of those that wait for an answer, nothing behind its beginning. */
async function hold({ host, port, localNetwork, flows, send, answered }) {
  const standing = new Set();
  let begun = 0;
  const open = async () => {
    // The kernel is slow to find a port of an address that has thousands of flows.
    const localAddress = `${localNetwork}.${1 + (begun++ % addresses)}`;
    const socket = connect({ host, port, localAddress, allowHalfOpen: true });
    socket.pause();
    socket.on("error", () => {});
    await new Promise((resolve) => {
      socket.once("close", () => resolve(standing.delete(socket)));
      socket.once("connect", () => {
        standing.add(socket);
        if (send !== undefined) socket.write(send);
        if (answered !== true) return resolve();
        socket.once("data", () => resolve(socket.pause()));
        socket.resume();
      });
    });
  };
  for (let opened = 0; opened < flows; opened += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, flows - opened) }, open));
  }
  process.on("message", () => process.send({ standing: standing.size }));
  return { standing: standing.size };
}

/** Clients at a fixed rate, whether or not those before them have been answered. */
async function storm({ host, port, perSecond, total }) {
  const answeredAfterMs = [];
  const failures = {};
  const underWay = [];
  const startMs = performance.now();
  while (underWay.length < total) {
    const due = Math.min(total, ((performance.now() - startMs) * perSecond) / 1000);
    while (underWay.length < due) underWay.push(exchange());
    await pass(1);
  }
  const begunWithinMs = performance.now() - startMs;
  await Promise.all(underWay);
  return { answeredAfterMs, failures, begunWithinMs };

  /** A byte there and back. */
  async function exchange() {
    const beginMs = performance.now();
    const socket = connect({ host, port });
    let outcome = "no answer";
    socket.on("error", ({ code }) => {
      outcome = code;
    });
    socket.once("data", () => {
      outcome = "answered";
      answeredAfterMs.push(performance.now() - beginMs);
      socket.end();
    });
    socket.write("x");
    await new Promise((resolve) => socket.once("close", resolve));
    if (outcome !== "answered") failures[outcome] = (failures[outcome] ?? 0) + 1;
  }
}
