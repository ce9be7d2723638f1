// Watches three HTTP servers and tells what becomes of them. Run: node watch.js
import { on, once } from "node:events";
import http from "node:http";
import { createHealthMonitor } from "@edgekit/health/monitor";

// Three servers: the first always answers 200, the second breaks and is repaired below, the third is broken.
const status = [200, 200, 503];
const servers = status.map((_, index) =>
  http.createServer((_req, res) => {
    res.statusCode = status[index] ?? 500;
    res.end();
  }),
);
for (const server of servers) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
}

const monitor = createHealthMonitor({
  // An NLB would check every 5 to 300 seconds.
  healthCheck: { protocol: "HTTP", path: "/healthz", intervalMs: 100, timeoutMs: 2_000, healthyThreshold: 2 },
});
const transitions = on(monitor, "transition");
const keys = servers.map((server) => monitor.register({ id: "127.0.0.1", port: server.address().port }));

/** What happened, as "server → state". */
export const story = [];
for await (const [{ transition }] of transitions) {
  const name = `server ${keys.indexOf(transition.key) + 1}`;
  const { lastProbe } = monitor.describe().find(({ key }) => key === transition.key) ?? {};
  process.stdout.write(`${name}: ${transition.from.name} → ${transition.to.name} ${lastProbe?.detail ?? ""}\n`);
  if (transition.from.name !== transition.to.name) story.push(`${name} → ${transition.to.name}`);

  // Break the second server once it is healthy, repair it once that is noticed, and end when it is healthy again.
  const states = keys.map((key) => monitor.state(key).name);
  if (states.join() === "healthy,healthy,unhealthy") {
    if (status[1] === 200 && story.includes("server 2 → unhealthy")) break;
    if (!story.includes("server 2 → unhealthy")) status[1] = 500;
  }
  if (states[1] === "unhealthy") status[1] = 200;
}

await monitor.close();
for (const server of servers) {
  const closed = once(server, "close");
  server.close();
  await closed;
}
