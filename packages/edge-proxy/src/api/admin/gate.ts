import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Refuse, type Reply, refusal, text } from "./reply.ts";

/**
 * Decides who may ask. On a loopback address without a token that is everybody on this machine, so two things are kept out
 * that a browser could be tricked into: asking under a foreign name (DNS rebinding), and changing something on behalf of
 * another site. With a token it is whoever has the token.
 */
export class Gate {
  readonly #token: string | undefined;
  /** What a browser gets in place of the token, because cookies go to every port of a host. */
  readonly #session = randomBytes(24).toString("base64url");
  readonly #cookieName: string;

  constructor(token: string | undefined, port: number) {
    this.#token = token;
    this.#cookieName = `edge_proxy_${port}`;
  }

  /** @returns why a request is not answered, or undefined when it may be */
  refuse(request: IncomingMessage, isPublic: boolean, refuse: Refuse): Reply | undefined {
    if (this.#token === undefined) {
      if (!isLoopbackName(request.headers.host)) {
        return refuse(403, "the Host header must name a loopback address or localhost");
      }
    } else if (!isPublic && !this.#isKnown(request, this.#token)) {
      const how =
        "give the token of the config: as 'Authorization: Bearer TOKEN', as the access key id of an AWS client, " +
        "or open the page as /?token=TOKEN";
      return refuse(401, how, { "www-authenticate": 'Bearer realm="edge-proxy"' });
    }
    if (request.method === "POST" && !isSameOrigin(request)) {
      return refuse(403, "a page of another origin may not change anything here");
    }
    return undefined;
  }

  /** Turns the token of a link into a cookie, and takes it out of the address bar; undefined where there is none to turn. */
  admit(query: URLSearchParams): Reply | undefined {
    const given = query.get("token");
    if (this.#token === undefined || given === null) return undefined;
    if (!isSame(given, this.#token)) return refusal(401, "that is not the token of the config");
    const cookie = `${this.#cookieName}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
    return text(303, "text/plain", "", { location: "/", "set-cookie": cookie });
  }

  #isKnown({ method, url, headers }: IncomingMessage, token: string): boolean {
    const { authorization = "", cookie = "" } = headers;
    const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    // AWS clients sign and cannot send a bearer; the part of the signature that names the key is in the clear.
    const isElbv2 = method === "POST" && url === "/";
    const keyId = isElbv2 ? /^AWS4-HMAC-SHA256 +(?:.*, *)?Credential=([^/,\s]+)\//.exec(authorization)?.[1] : undefined;
    const session = cookie
      .split("; ")
      .find((pair) => pair.startsWith(`${this.#cookieName}=`))
      ?.slice(this.#cookieName.length + 1);
    return isSame(bearer, token) || isSame(keyId, token) || isSame(session, this.#session);
  }
}

/** Takes the same time wherever the two differ. */
function isSame(given: string | undefined, secret: string): boolean {
  if (given === undefined) return false;
  const digest = (value: string): Buffer => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/** A browser says where a request comes from; what is no browser says nothing. Another port is another origin. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}

function isLoopbackName(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}
