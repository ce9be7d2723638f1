import { readdirSync, readFileSync } from "node:fs";
import { type Reply, text } from "./reply.ts";
import type { Route } from "./router.ts";

// The same steps up from src and from dist.
const folder = new URL("../../../assets/", import.meta.url);

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Nothing but its own files, no inline script or style, and nobody may put it into a frame and borrow its buttons. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The status page and what it loads, from memory. */
export function pageRoutes(): Route[] {
  const page = asset("page.html");
  return [
    { method: "GET", path: "/", query: ["token"], answer: () => page },
    ...readdirSync(folder)
      .filter((file) => extension(file) in types && file !== "page.html")
      .map((file): Route => {
        const reply = asset(file);
        return { method: "GET", path: `/assets/${file}`, isUnlisted: true, answer: () => reply };
      }),
  ];
}

function asset(file: string): Reply {
  const type = types[extension(file)] ?? "";
  return text(200, type, readFileSync(new URL(file, folder), "utf8"), { "content-security-policy": policy });
}

function extension(file: string): string {
  return file.slice(file.lastIndexOf(".") + 1);
}
