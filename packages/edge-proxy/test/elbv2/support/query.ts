import { request } from "node:http";

/** An answer of the API as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type Fields = Readonly<Record<string, string>>;

const apiVersion = "2015-12-01";

/** One call as the Query protocol writes it, on a connection of its own. */
export function query(url: string, fields: Fields, headers: Fields = {}): Promise<Answer> {
  return post(url, new URLSearchParams({ Version: apiVersion, ...fields }).toString(), headers);
}

export function post(url: string, body: string | Uint8Array, headers: Fields = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: "POST",
      agent: false,
      headers: {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "content-length": Buffer.byteLength(body),
        ...headers,
      },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers["content-type"] ?? "",
          body: text,
        }),
      );
    });
    outgoing.end(body);
  });
}

/** The text of the first element of that name. */
export function element(body: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
}
