import { fileURLToPath } from "node:url";
import type { BenchFolder } from "./bench-folder.ts";
import { Running } from "./running.ts";

/** What is behind the proxies: one real nginx, once with a PROXY header in front of each connection and once without. */
export async function startHttpTarget(folder: BenchFolder, withHeader: number, plain: number): Promise<Running> {
  const answer = 'location / { return 200 "hello\\n"; }';
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder.path}/${name};`)
    .join(" ");
  const config = folder.write(
    "target.conf",
    `daemon off; worker_processes 1; pid ${folder.path}/target.pid; error_log stderr error;
events { worker_connections 12000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 300s; ${temporary}
  server { listen 127.0.0.1:${withHeader} proxy_protocol backlog=4096; ${answer} }
  server { listen 127.0.0.1:${plain} backlog=4096; ${answer} }
}
`,
  );
  const nginx = new Running("nginx", ["-p", folder.path, "-c", config]);
  await nginx.listens(plain);
  return nginx;
}

/** Sends back what it is sent, once it has read the header where there is one. */
export async function startEchoTarget(withHeader: number, plain: number): Promise<Running> {
  const program = fileURLToPath(new URL("./echo-process.js", import.meta.url));
  const echo = new Running(process.execPath, [program, String(withHeader), String(plain)]);
  await echo.listens(plain);
  return echo;
}
