import { connectTo } from "./client.ts";
import type { ConnectionsJob, Failure, OpenLoopResult } from "./job.ts";
import { LatencyRecorder } from "./latency.ts";
import { keepSchedule } from "./schedule.ts";

/** Connections at a fixed rate, whether or not those before them have been answered. */
export async function openConnections(job: ConnectionsJob, ready: () => void): Promise<OpenLoopResult> {
  const latency = new LatencyRecorder();
  const lateness = new LatencyRecorder();
  const failures: Failure[] = [];
  const underWay = new Set<Promise<void>>();
  ready();
  await keepSchedule(job, (dueMs) => {
    lateness.record(performance.now() - dueMs);
    const ended = exchange(job).then((reason) => {
      if (reason === undefined) latency.record(performance.now() - dueMs);
      else failures.push({ atMs: performance.timeOrigin + dueMs, reason });
      underWay.delete(ended);
    });
    underWay.add(ended);
  });
  await Promise.all(underWay);
  const summary = latency.summary();
  return { latency: summary, lateness: lateness.summary(), answered: summary.count, failures };
}

/** One request on a connection of its own. @returns why there was no answer, or undefined when there was */
function exchange(job: ConnectionsJob): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connectTo(job);
    let answer = "";
    let reason = "closed";
    const deadline = setTimeout(() => {
      reason = "no answer in time";
      socket.destroy();
    }, job.answerWithinMs);
    socket.setEncoding("latin1");
    socket.once("connect", () => socket.write(job.request));
    socket.on("data", (text) => {
      answer += text;
      if (answer.endsWith(job.answerEnd)) socket.end();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message;
    });
    socket.once("close", () => {
      clearTimeout(deadline);
      resolve(answer.endsWith(job.answerEnd) ? undefined : reason);
    });
  });
}
