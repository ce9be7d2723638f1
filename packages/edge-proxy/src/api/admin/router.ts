import type { IncomingMessage } from "node:http";
import { json, type Refuse, type Reply, refusal } from "./reply.ts";

/** A request for which a route was found. */
export interface Call {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** The values of the path's `:names`, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Route {
  /** GET answers HEAD too. */
  readonly method: "GET" | "POST";
  /** Segments that begin with a colon take any text but a slash. */
  readonly path: string;
  /** The query parameters that it takes. Others are refused, so that a misspelt one is not silently ignored. */
  readonly query?: readonly string[];
  /** Whether it is answered without a token, for probes that cannot send one. Default false. */
  readonly isPublic?: boolean;
  /** Whether a list of paths leaves it out: a part of the status page, which nobody asks for by hand. Default false. */
  readonly isUnlisted?: boolean;
  /** How it says no to what does not come as far as `answer`, where its callers cannot read JSON. */
  readonly refuse?: Refuse;
  readonly answer: (call: Call) => Reply | Promise<Reply>;
}

interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request. */
export class Router {
  readonly #routes: readonly Route[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes;
  }

  /** @returns the route, or a refusal for an unknown path or a method that the path does not have */
  find(method: string, path: string): Match | Reply {
    const matches = this.#routes.flatMap((route) => {
      const params = paramsOf(route.path, path);
      return params === undefined ? [] : [{ route, params }];
    });
    const wanted = method === "HEAD" ? "GET" : method;
    const match = matches.find(({ route }) => route.method === wanted);
    if (match !== undefined) return match;
    if (matches.length === 0) {
      const listed = this.#routes.filter(({ isUnlisted }) => isUnlisted !== true);
      const paths = listed.map((route) => `${route.method} ${route.path}`);
      return json(404, { error: `there is no ${path}`, paths });
    }
    const allow = matches.flatMap(({ route }) => (route.method === "GET" ? ["GET", "HEAD"] : ["POST"])).join(", ");
    return refusal(405, `${method} is not allowed on ${path}, only ${allow}`, { allow });
  }
}

function paramsOf(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, segment] of wanted.entries()) {
    const value = given[i] ?? "";
    if (!segment.startsWith(":")) {
      if (segment !== value) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined || decoded === "") return undefined;
    params[segment.slice(1)] = decoded;
  }
  return params;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
