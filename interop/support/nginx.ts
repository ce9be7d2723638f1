import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "@edgekit/testkit";
import { Program } from "./process.ts";

/** nginx in the foreground, as one unprivileged-looking process tree in a folder of its own. */
export async function startNginx(http: string, port: number): Promise<Program> {
  const config = (folder: string): string => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr info;
events { worker_connections 256; }
http {
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  log_format pp 'client=$proxy_protocol_addr:$proxy_protocol_port server=$proxy_protocol_server_port "$request" $status "$http_user_agent"';
  access_log ${folder}/access.log pp;
  ${http}
}`;
  const nginx = await Program.start((folder) => ["nginx", "-p", folder, "-c", `${folder}/nginx.conf`], {
    "nginx.conf": config,
  });
  await nginx.listens(port);
  return nginx;
}

/** As {@link startNginx}, as a proxy for TCP: what stands in its `stream` block. */
export async function startNginxStream(stream: string, port: number): Promise<Program> {
  const config = (folder: string): string => `
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr info;
events { worker_connections 256; }
stream {
  ${stream}
}`;
  const nginx = await Program.start((folder) => ["nginx", "-p", folder, "-c", `${folder}/nginx.conf`], {
    "nginx.conf": config,
  });
  await nginx.listens(port);
  return nginx;
}

/** Waits until a line of nginx's access log matches: `client=… server=… "request" status "user agent"`. */
export async function logged(nginx: Program, pattern: RegExp): Promise<void> {
  await until(
    async () => pattern.test(await readFile(join(nginx.folder, "access.log"), "utf8")),
    `log line ${pattern}`,
  );
}
