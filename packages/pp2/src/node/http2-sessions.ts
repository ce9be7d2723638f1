import type { ServerHttp2Session } from "node:http2";
import type net from "node:net";
import { proxyInfo, rememberInfo } from "./info.ts";

/**
 * Makes {@link proxyInfo} work on the HTTP/2 sessions of a server, also when they are destroyed and have let go of
 * their socket. On a server of another kind the event never comes.
 *
 * @returns Ends it.
 */
export function rememberSessions(server: net.Server): () => void {
  const remember = (session: ServerHttp2Session): void => {
    const info = proxyInfo({ socket: session.socket });
    if (info) rememberInfo(session, info);
  };
  server.prependListener("session", remember);
  return () => {
    server.off("session", remember);
  };
}
