import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { BenchFolder } from "./bench-folder.ts";
import { Running } from "./running.ts";

/** A proxy that is measured, started in front of a port that expects a PROXY header. */
export interface Contestant {
  readonly name: string;
  start(folder: BenchFolder, port: number, targetPort: number): Promise<Running>;
}

const edgeProxy: Contestant = {
  name: "edge-proxy",
  async start(folder, port, targetPort) {
    const config = folder.write(
      `nlb-${port}.yaml`,
      `admin: false
loadBalancers: [{ name: bench, listeners: [{ port: ${port}, targetGroup: app }] }]
targetGroups:
  - name: app
    port: ${targetPort}
    attributes: { proxy_protocol_v2.enabled: true }
    targets: [{ id: 127.0.0.1 }]
`,
    );
    const bin = createRequire(import.meta.url)
      .resolve("@edgekit/edge-proxy/package.json")
      .replace(/package\.json$/, "bin/edge-proxy.js");
    return listening(new Running(process.execPath, [bin, "run", config]), port);
  },
};

const haproxy: Contestant = {
  name: "haproxy",
  async start(folder, port, targetPort) {
    const config = folder.write(
      `haproxy-${port}.cfg`,
      `global
  nbthread 1
  maxconn 9500
defaults
  mode tcp
  timeout connect 5s
  timeout client 350s
  timeout server 350s
listen bench
  bind 127.0.0.1:${port} backlog 4096
  server target 127.0.0.1:${targetPort} send-proxy-v2
`,
    );
    return listening(new Running("haproxy", ["-db", "-f", config]), port);
  },
};

const nginxStream: Contestant = {
  name: "nginx stream",
  async start(folder, port, targetPort) {
    const config = folder.write(
      `stream-${port}.conf`,
      `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off; worker_processes 1; pid ${folder.path}/stream-${port}.pid; error_log stderr error;
events { worker_connections 19000; }
stream {
  server { listen 127.0.0.1:${port} backlog=4096; proxy_pass 127.0.0.1:${targetPort}; proxy_protocol on; proxy_timeout 350s; }
}
`,
    );
    return listening(new Running("nginx", ["-p", folder.path, "-c", config]), port);
  },
};

const nodePipe: Contestant = {
  name: "node pipe",
  start(_folder, port, targetPort) {
    const program = fileURLToPath(new URL("./pipe-process.js", import.meta.url));
    return listening(new Running(process.execPath, [program, String(port), String(targetPort)]), port);
  },
};

/** In the order in which they take their turns. */
export const contestants: readonly Contestant[] = [haproxy, edgeProxy, nginxStream, nodePipe];

async function listening(running: Running, port: number): Promise<Running> {
  await running.listens(port);
  return running;
}
