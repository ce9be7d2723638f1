import { XMLBuilder } from "fast-xml-parser";
import type { ApiError } from "./api-error.ts";

/** What an action answers: fields, lists and texts, as AWS's shapes have them. Undefined fields are left out. */
export interface Shape {
  readonly [field: string]: ShapeValue;
}

type ShapeValue = Shape | readonly ShapeValue[] | string | number | boolean | undefined;

const namespaces = {
  elbv2: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
} as const;

/** The API whose namespace an answer has. */
export type Service = keyof typeof namespaces;

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true });

/** `<XResponse><XResult>…</XResult><ResponseMetadata>…` */
export function responseXml(service: Service, action: string, result: Shape, requestId: string): string {
  return document(`${action}Response`, {
    "@_xmlns": namespaces[service],
    [`${action}Result`]: toXml(result),
    ResponseMetadata: { RequestId: requestId },
  });
}

export function errorXml({ code, message, status }: ApiError, requestId: string): string {
  return document("ErrorResponse", {
    "@_xmlns": namespaces.elbv2,
    Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: allowedInXml(message) },
    RequestId: requestId,
  });
}

function document(root: string, content: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: content })}`;
}

/** Lists are `<member>` elements. */
function toXml(value: ShapeValue): unknown {
  if (typeof value === "string") return allowedInXml(value);
  if (typeof value !== "object") return value === undefined ? undefined : String(value);
  if (isList(value)) return value.length === 0 ? "" : { member: value.map(toXml) };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, toXml(field)]),
  );
}

function isList(value: object): value is readonly ShapeValue[] {
  return Array.isArray(value);
}

/** The text with U+FFFD for what XML 1.0 cannot hold: most control characters, and half of a surrogate pair. */
function allowedInXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu, "\ufffd");
}
