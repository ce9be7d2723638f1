import { Program } from "./process.ts";

/** HAProxy in the foreground; its log lines come to its standard output. */
export async function startHaproxy(sections: string, port: number): Promise<Program> {
  const config = (): string => `
global
  log stdout format raw local0
  maxconn 200
defaults
  mode tcp
  log global
  timeout connect 5s
  timeout client 10s
  timeout server 10s
${sections}
`;
  const haproxy = await Program.start((folder) => ["haproxy", "-db", "-f", `${folder}/haproxy.cfg`], {
    "haproxy.cfg": config,
  });
  await haproxy.listens(port);
  return haproxy;
}
