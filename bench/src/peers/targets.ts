import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import type { BenchFolder } from "./bench-folder.ts";
import { freePort } from "./ports.ts";
import { addressOf } from "./proxy-setup.ts";
import { Running } from "./running.ts";

/** Something behind the proxies. */
export interface TargetProcess {
  readonly running: Running;
  /** Expects a PROXY header. */
  readonly port: number;
  /** Expects none; of nginx only. */
  readonly plainPort?: number;
}

/** What nginx answers; the last bytes of it. */
export const httpAnswerEnd = "hello\n";

/** A file that it has too, and its size. */
export const httpFile: { readonly path: string; readonly bytes: number } = { path: "/file", bytes: 256 * 1024 };

/** One real nginx, once with a PROXY header in front of each connection and once without. */
export async function startHttpTarget(folder: BenchFolder): Promise<TargetProcess> {
  const [port, plainPort] = [await freePort(), await freePort()];
  folder.write(httpFile.path.slice(1), "a".repeat(httpFile.bytes));
  const file = `location = ${httpFile.path} { root ${folder.path}; sendfile on; }`;
  const answer = `${file} location / { return 200 "${httpAnswerEnd.replace("\n", "\\n")}"; }`;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder.path}/${name};`)
    .join(" ");
  const config = folder.write(
    `target-${port}.conf`,
    `daemon off; user ${userInfo().username}; worker_processes 1; pid ${folder.path}/target-${port}.pid; error_log stderr crit;
events { worker_connections 12000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; ${temporary}
  server { listen 127.0.0.1:${port} proxy_protocol backlog=4096; ${answer} }
  server { listen 127.0.0.1:${plainPort} backlog=4096; ${answer} }
}
`,
  );
  const running = await Running.start("nginx", ["-p", folder.path, "-c", config], plainPort);
  return { running, port, plainPort };
}

/** Sends back what it is sent; on 127.0.0.1, or on so many addresses of its own. */
export async function startEchoTarget(addresses = 0): Promise<TargetProcess> {
  const port = await freePort();
  const program = fileURLToPath(new URL("./echo-process.js", import.meta.url));
  const last = addresses === 0 ? "127.0.0.1" : addressOf(addresses - 1);
  const running = await Running.start(process.execPath, [program, String(port), String(addresses)], port, last);
  return { running, port };
}
