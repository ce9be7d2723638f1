import type { Contestant, ReloadableSubject, Subject } from "./contestant.ts";
import type { ProxySetup } from "./proxy-setup.ts";
import { reloadBySignal } from "./reload-by-signal.ts";
import { Running } from "./running.ts";

/** What it writes to targets first, as its config says it. */
export type SentHeader = "send-proxy" | "send-proxy-v2" | "";

/** One thread unless more are asked for, `send-proxy-v2`, nothing else that is not its default. */
export const haproxy: Contestant = {
  name: "haproxy",
  kind: "haproxy",
  checkCommand: (setup) => ["haproxy", "-c", "-f", writeConfig(setup)],
  start: (setup) => startHaproxy(setup),
  /** A master that starts a new worker for the new config and hands the listening sockets over. */
  async startReloadable(before, after): Promise<ReloadableSubject> {
    const [port = 0] = before.ports;
    const { folder } = before;
    const socket = `${folder.path}/haproxy-${port}.sock`;
    const master = `  stats socket ${socket} mode 600 level admin expose-fd listeners\n`;
    const file = writeConfig(before, { global: master });
    const running = await Running.start("haproxy", ["-W", "-f", file], port);
    const subject = { port, withHeader: false, running };
    return reloadBySignal(subject, "SIGUSR2", [before, after], (setup) => writeConfig(setup, { global: master }));
  },
};

/** Also where it is not what is measured, but what sends headers to it. */
export async function startHaproxy(setup: ProxySetup, sends: SentHeader = "send-proxy-v2"): Promise<Subject> {
  const [port = 0] = setup.ports;
  const running = await Running.start("haproxy", ["-db", "-f", writeConfig(setup, { sends })], port);
  return { port, withHeader: false, running };
}

const checkOptions = { off: "", slow: " check inter 30s", quick: " check inter 1s fall 2 rise 2" };

interface ConfigOptions {
  /** Lines for its section `global`. */
  readonly global?: string;
  readonly sends?: SentHeader;
}

function writeConfig(
  { folder, ports, targets, checks = "off", workers = 1 }: ProxySetup,
  { global = "", sends = "send-proxy-v2" }: ConfigOptions = {},
): string {
  // For each of these it wants a descriptor too.
  const maxconn = Math.max(500, 9_500 - targets.length - ports.length);
  const check = checkOptions[checks];
  const servers = targets.map(({ address, port }, i) => `  server t${i} ${address}:${port} ${sends}${check}`);
  return folder.write(
    `haproxy-${ports[0]}.cfg`,
    `global
  nbthread ${workers}
  maxconn ${maxconn}
${global}defaults
  mode tcp
  timeout connect 5s
  timeout client 350s
  timeout server 350s
  timeout check 400ms
${checks === "quick" ? "  option httpchk GET /\n" : ""}listen bench
${ports.map((port) => `  bind 127.0.0.1:${port} backlog 4096`).join("\n")}
${servers.join("\n")}
`,
  );
}
