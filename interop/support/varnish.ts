import { Program } from "./process.ts";

const vcl = `
vcl 4.1;
import proxy;
import std;
backend default none;
sub vcl_recv {
  return (synth(200));
}
sub vcl_synth {
  set resp.body = "" + client.ip + ":" + std.port(client.ip) + " " + server.ip + ":" + std.port(server.ip) + " authority=" + proxy.authority();
  return (deliver);
}
`;

/** Varnish in the foreground. It answers with what it knows of a connection: client, destination and TLS server name. */
export async function startVarnish(port: number): Promise<Program> {
  const varnish = await Program.start(
    (folder) => [
      ...(["varnishd", "-F", "-j", "none", "-n", `${folder}/work`] as const),
      ...["-f", `${folder}/app.vcl`, "-a", `127.0.0.1:${port},PROXY`, "-s", "malloc,8m"],
    ],
    { "app.vcl": () => vcl },
  );
  await varnish.listens(port);
  return varnish;
}
