import { Program } from "./process.ts";

/** unbound in the foreground. It knows one name, and prints a line with the client's address for each query. */
export async function startUnbound(port: number): Promise<Program> {
  const config = (folder: string): string => `
server:
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  log-queries: yes
  module-config: "iterator"
  interface: 127.0.0.1@${port}
  proxy-protocol-port: ${port}
  access-control: 127.0.0.1/32 allow
  access-control: 203.0.113.0/24 allow
  access-control: 2001:db8::/32 allow
  access-control: 198.51.100.0/24 refuse
  local-zone: "edgekit.test." static
  local-data: "edgekit.test. A 192.0.2.1"
remote-control:
  control-enable: no
`;
  const unbound = await Program.start((folder) => ["unbound", "-d", "-p", "-c", `${folder}/unbound.conf`], {
    "unbound.conf": config,
  });
  await unbound.listens(port);
  return unbound;
}
