import { type IncomingHttpHeaders, request } from "node:http";
import { withDeadline } from "@edgekit/testkit";
import { type AdminServer, openAdminServer } from "../../src/api/admin/admin-server.ts";
import type { AdminView } from "../../src/api/admin/admin-view.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Asks an admin server. Not with `fetch`, which does not let its user say which host it asks, or where from. */
export function ask(port: number, path: string, { method, headers, body }: Question = {}): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
  return withDeadline(answer, `an answer to ${method ?? "GET"} ${path}`);
}

/** The same for an answer in JSON. */
export async function askJson<Body>(port: number, path: string, question?: Question): Promise<Body> {
  return JSON.parse((await ask(port, path, question)).body);
}

/** An admin server of which only some paths are asked. */
export async function adminWith(view: Partial<AdminView>): Promise<AdminServer & AsyncDisposable> {
  const admin = await openAdminServer({ port: 0 }, { refresh: async () => {}, ...view } as AdminView);
  return { ...admin, [Symbol.asyncDispose]: () => admin.close() };
}
