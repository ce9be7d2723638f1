import { isRoot } from "@edgekit/testkit";
import { Program } from "./process.ts";

/** Apache in the foreground. It answers every request with 404 and the client's address as mod_remoteip tells it. */
export async function startApache(port: number): Promise<Program> {
  const modules = "/usr/lib/apache2/modules";
  const config = (folder: string): string => `
ServerRoot ${folder}
ServerName edgekit.test
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
Mutex pthread
# It refuses to serve as root.
${isRoot() ? "User nobody\nGroup nogroup" : ""}
Listen 127.0.0.1:${port}
LoadModule mpm_event_module ${modules}/mod_mpm_event.so
LoadModule authz_core_module ${modules}/mod_authz_core.so
LoadModule alias_module ${modules}/mod_alias.so
LoadModule remoteip_module ${modules}/mod_remoteip.so
StartServers 1
ErrorLog ${folder}/error.log
RemoteIPProxyProtocol On
Redirect 404 /
ErrorDocument 404 "%{REMOTE_ADDR}"
LogFormat "client=%a:%{remote}p" client
CustomLog ${folder}/access.log client
`;
  const apache = await Program.start((folder) => ["apache2", "-X", "-f", `${folder}/apache.conf`], {
    "apache.conf": config,
  });
  await apache.listens(port);
  return apache;
}
