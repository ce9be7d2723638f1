import { InvalidArgumentError } from "commander";
import { hostPort, parseHostPort } from "../model/host-port.ts";
import { vpcEndpointIdPattern } from "../model/vpc-endpoint-id.ts";
import { isKnownClose } from "../observe/flow-log-filter.ts";

/* How values of the command line are read. What is wrong with one is said behind its option's name. */

export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

export function parseSeconds(text: string): number {
  const seconds = /^\d{1,6}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0) return seconds;
  throw new InvalidArgumentError("Give a number of seconds, 0 or more.");
}

/** How many worker processes, or `auto`. */
export function parseWorkers(text: string): number | "auto" {
  if (text === "auto") return text;
  const workers = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (workers >= 1 && workers <= maxWorkers) return workers;
  throw new InvalidArgumentError(
    `Workers are a whole number from 1 to ${maxWorkers}, or auto: one for each processor.`,
  );
}

const maxWorkers = 128;

/** Where something listens. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** `8080` or `127.0.0.1:8080`; without an address it is 127.0.0.1. */
export function parsePlace(text: string): Place {
  const place = parseHostPort(text);
  if (place !== undefined) return { address: place.address ?? "127.0.0.1", port: place.port };
  throw new InvalidArgumentError("Give PORT, ADDRESS:PORT or [IPV6-ADDRESS]:PORT; host names are not accepted.");
}

/** The same for several, one call for each. */
export function parsePlaces(text: string, before: readonly Place[] | undefined): readonly Place[] {
  const place = parsePlace(text);
  if (place.port === 0) throw new InvalidArgumentError("A target needs a port from 1 to 65535.");
  if (before?.some(({ address, port }) => address === place.address && port === place.port)) {
    throw new InvalidArgumentError(`${hostPort(place.address, place.port)} is listed twice.`);
  }
  return [...(before ?? []), place];
}

/** Where an admin server is: a URL, `ADDRESS:PORT` or `PORT`. */
export function parseAdminUrl(text: string): URL {
  const place = parseHostPort(text);
  const url = place === undefined ? text : `http://${hostPort(place.address ?? "127.0.0.1", place.port)}`;
  if (URL.canParse(url) && new URL(url).protocol === "http:") return new URL(url);
  throw new InvalidArgumentError("Give a URL such as http://127.0.0.1:9901, or its port.");
}

export function parseVpceId(text: string): string {
  if (vpcEndpointIdPattern.test(text)) return text;
  throw new InvalidArgumentError("Give 'vpce-' and 8 or 17 hex digits.");
}

/** How the short form checks targets. */
export interface HealthOption {
  readonly protocol: "TCP" | "HTTP" | "HTTPS";
  readonly path?: string;
}

/** `tcp`, `http:/healthz`, `https:/healthz`. */
export function parseHealth(text: string): HealthOption {
  const [, protocol, path] = /^(tcp|https?)(?::(\/\S*))?$/i.exec(text) ?? [];
  if (protocol === undefined || (protocol.toLowerCase() === "tcp" && path !== undefined)) {
    throw new InvalidArgumentError("Give tcp, http:/PATH or https:/PATH.");
  }
  return {
    protocol: protocol.toUpperCase() as HealthOption["protocol"],
    ...(path === undefined ? {} : { path }),
  };
}

/** A target of a running instance. */
export interface TargetName {
  readonly targetGroup: string;
  /** `ID:PORT`; an IPv6 id is in brackets. */
  readonly target: string;
}

/** `app/127.0.0.1:3001` */
export function parseTargetName(text: string): TargetName {
  const [, targetGroup, target] = /^([^/]+)\/([^/]+:\d+)$/.exec(text) ?? [];
  if (targetGroup !== undefined && target !== undefined) return { targetGroup, target };
  throw new InvalidArgumentError("Give TARGET-GROUP/ID:PORT, as in app/127.0.0.1:3001.");
}

/** How flows end, as the flow log says it: `target.rst`, or a half of it. */
export function parseClose(text: string): string {
  if (isKnownClose(text)) return text;
  throw new InvalidArgumentError(
    "Give it as in the flow log, such as target.rst, or a half of it, such as rst or refused.",
  );
}

export function parseCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new InvalidArgumentError("Give a whole number from 1.");
}
