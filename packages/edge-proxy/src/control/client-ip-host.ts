import { once } from "node:events";
import net from "node:net";
import type { TransparentSockets } from "../data/transparent-socket.ts";
import { hostPort } from "../model/host-port.ts";
import type { AppliedRoutes } from "./applied-routes.ts";
import type { ClientIpHost } from "./client-ip.ts";
import { ip } from "./ip-command.ts";
import type { ReturnRule } from "./return-rules.ts";

/**
 * The machine and process that this runs on.
 * @param routes set where missing routes are to be added; otherwise they are only looked for
 */
export function thisHost(sockets: TransparentSockets, routes?: AppliedRoutes): ClientIpHost {
  return {
    transparent: () => sockets.load(),
    returnRoutes: (rules) => {
      routes?.set(rules);
      return missingReturnRoute(rules, 4) ?? missingReturnRoute(rules, 6);
    },
    loopback: missingLoopback,
  };
}

/** Stand for clients, in addresses that nobody has: RFC 5737 and RFC 3849. */
const someClient = { 4: "203.0.113.1", 6: "2001:db8::1" } as const;

/** Asks the kernel where it would send the targets' answers, so that every rule with the right effect will do. */
function missingReturnRoute(allRules: readonly ReturnRule[], family: 4 | 6): string | undefined {
  const rules = allRules.filter((rule) => rule.family === family);
  if (rules.length === 0) return undefined;
  const ways = askRoutes(
    family,
    rules.map(({ address }) => address),
  );
  if (typeof ways === "string") return ways;
  const questions = rules.map(({ address, port }, i) => {
    const way = ways[i];
    // A target on this machine has no interface that its answers come in by.
    const comingIn = way?.dev === undefined || way.type === "local" ? [] : ["iif", way.dev];
    return [someClient[family], "from", address, ...comingIn, "ipproto", "tcp", "sport", String(port)].join(" ");
  });
  const answers = askRoutes(family, questions);
  if (typeof answers === "string") return answers;
  const missing = rules.find((_, i) => answers[i]?.type !== "local");
  if (missing === undefined) return undefined;
  const { address, port } = missing;
  return (
    `there is no route that brings the answers of ${hostPort(address, port)} to clients back to this machine; ` +
    "`edge-proxy routes FILE | sh` sets it, or `edge-proxy run --apply-routes` for as long as it runs"
  );
}

/** The part of `ip -json route get` that is of use here. */
interface RouteAnswer {
  readonly type?: string;
  readonly dev?: string;
}

/** One process for all questions. @returns an answer for each, undefined where there is no route; or what is in the way */
function askRoutes(family: 4 | 6, questions: readonly string[]): (RouteAnswer | undefined)[] | string {
  const input = questions.map((question) => `route get ${question}\n`).join("");
  const { ok, stdout, stderr } = ip([`-${family}`, "-json", "-force", "-batch", "-"], input);
  const failed = new Set([...stderr.matchAll(/^Command failed -:(\d+)/gm)].map(([, line]) => Number(line)));
  if (!ok && failed.size === 0) return `the routes back cannot be looked up: ${stderr}`;
  const answers = stdout.split("\n").filter((line) => line.startsWith("["));
  return questions.map((_, i) => (failed.has(i + 1) ? undefined : parse(answers.shift())));
}

function parse(line: string | undefined): RouteAnswer | undefined {
  const [answer] = JSON.parse(line ?? "[]") as RouteAnswer[];
  return answer;
}

/** Linux and Windows let every process have every address of 127.0.0.0/8; macOS and the BSDs only 127.0.0.1. */
async function missingLoopback(): Promise<string | undefined> {
  const server = net.createServer().listen(0, "127.73.19.1");
  try {
    await once(server, "listening");
  } catch {
    return "this system has no addresses in 127.0.0.0/8 but 127.0.0.1";
  }
  server.close();
  await once(server, "close");
  return undefined;
}
