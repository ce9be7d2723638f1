import { once } from "node:events";
import type { Socket } from "node:net";
import { connectTo } from "./client.ts";
import type { Failure, OpenLoopResult, RequestsJob } from "./job.ts";
import { LatencyRecorder } from "./latency.ts";
import { keepSchedule } from "./schedule.ts";

/** Requests at a fixed rate over connections that stay open, one at a time on each; who finds none free waits in line. */
export async function sendRequests(job: RequestsJob, ready: () => void): Promise<OpenLoopResult> {
  const latency = new LatencyRecorder();
  const lateness = new LatencyRecorder();
  const failures: Failure[] = [];
  const waiting: number[] = [];
  const free: Connection[] = [];
  let underWay = 0;
  let onIdle: (() => void) | undefined;

  const send = (connection: Connection, dueMs: number): void => {
    underWay++;
    connection.send(job.request, dueMs);
  };
  const done = (connection: Connection | undefined): void => {
    underWay--;
    const next = connection === undefined ? undefined : waiting.shift();
    if (connection !== undefined && next === undefined) free.push(connection);
    if (connection !== undefined && next !== undefined) send(connection, next);
    if (underWay === 0) onIdle?.();
  };
  const connections = await Promise.all(
    Array.from({ length: job.connections }, async () => {
      const socket = connectTo(job);
      await once(socket, "connect");
      return new Connection(socket, job.answerEnd, {
        answered: (connection, dueMs) => {
          latency.record(performance.now() - dueMs);
          done(connection);
        },
        failed: (connection, dueMs, reason) => {
          const at = free.indexOf(connection);
          if (at >= 0) free.splice(at, 1);
          if (dueMs === undefined) return;
          failures.push({ atMs: performance.timeOrigin + dueMs, reason });
          done(undefined);
        },
      });
    }),
  );
  free.push(...connections);
  ready();
  await keepSchedule(job, (dueMs) => {
    lateness.record(performance.now() - dueMs);
    const connection = free.pop();
    if (connection === undefined) waiting.push(dueMs);
    else send(connection, dueMs);
  });
  if (underWay > 0) await new Promise<void>((resolve) => (onIdle = resolve));
  for (const dueMs of waiting) failures.push({ atMs: performance.timeOrigin + dueMs, reason: "no connection left" });
  for (const connection of connections) connection.close();
  const summary = latency.summary();
  return { latency: summary, lateness: lateness.summary(), answered: summary.count, failures };
}

interface Exchanges {
  answered(connection: Connection, dueMs: number): void;
  /** `dueMs` is missing when nothing was under way. */
  failed(connection: Connection, dueMs: number | undefined, reason: string): void;
}

/** One connection, with one request at a time. */
class Connection {
  readonly #socket: Socket;
  #answer = "";
  #dueMs: number | undefined;

  constructor(socket: Socket, answerEnd: string, exchanges: Exchanges) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text) => {
      this.#answer += text;
      const dueMs = this.#dueMs;
      if (dueMs === undefined || !this.#answer.endsWith(answerEnd)) return;
      this.#dueMs = undefined;
      exchanges.answered(this, dueMs);
    });
    let reason = "closed";
    socket.on("error", (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message;
    });
    socket.on("close", () => exchanges.failed(this, this.#dueMs, reason));
  }

  send(request: string, dueMs: number): void {
    this.#answer = "";
    this.#dueMs = dueMs;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.removeAllListeners("close");
    this.#socket.destroy();
  }
}
