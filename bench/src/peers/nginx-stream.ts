import type { Contestant, ReloadableSubject, Subject } from "./contestant.ts";
import type { ProxySetup } from "./proxy-setup.ts";
import { reloadBySignal } from "./reload-by-signal.ts";
import { Running } from "./running.ts";

/** One worker, `proxy_protocol on`. It sends version 1 headers; it cannot send version 2. */
export const nginxStream: Contestant = {
  name: "nginx stream",
  kind: "nginx stream",
  async start(setup): Promise<Subject> {
    const [port = 0] = setup.ports;
    const running = await Running.start("nginx", ["-p", setup.folder.path, "-c", writeConfig(setup)], port);
    return { port, withHeader: false, running };
  },
  async startReloadable(before, after): Promise<ReloadableSubject> {
    return reloadBySignal(await this.start(before), "SIGHUP", [before, after], writeConfig);
  },
};

function writeConfig({ folder, ports, targets }: ProxySetup): string {
  const [port = 0] = ports;
  const servers = targets.map((target) => `server ${target.address}:${target.port};`).join(" ");
  const listeners = ports.map((at) => `listen 127.0.0.1:${at} backlog=4096;`).join(" ");
  return folder.write(
    `stream-${port}.conf`,
    `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off; worker_processes 1; pid ${folder.path}/stream-${port}.pid; error_log stderr error;
events { worker_connections 19000; }
stream {
  upstream targets { ${servers} }
  server { ${listeners} proxy_pass targets; proxy_protocol on; proxy_timeout 350s; }
}
`,
  );
}
