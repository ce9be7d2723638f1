import type { Entry, Routes } from "../data/routes.ts";
import { hostPort, parseHostPort } from "../model/host-port.ts";
import { suggestion } from "../model/nearest.ts";

/** Where an entry really listens, by its key. */
export type Listening = (key: string) => { readonly address: string; readonly port: number } | undefined;

export interface FoundEntry {
  readonly entry: Entry;
  /** Where a client connects to, as far as it is known. */
  readonly address: string;
  readonly port: number;
  readonly notes: readonly string[];
}

/**
 * The place that a client means with `web:8080` (load balancer and listener), `web` where it has one listener, or
 * `127.0.0.1:8080`; with `via` the VPC endpoint of that id in front of it.
 */
export function findEntry(
  routes: Routes,
  { to, via }: { readonly to: string; readonly via?: string | undefined },
  listening: Listening = () => undefined,
): FoundEntry | { readonly problem: string } {
  const places = [...routes.entries.values()].map((entry) => ({ entry, ...placeOf(entry, to, listening) }));
  const named = places.filter(({ names }) => names.includes(to));
  if (named.length === 0) {
    const known = [...new Set(places.flatMap(({ names }) => names.slice(0, 1)))];
    return { problem: `nothing listens at '${to}'; ${suggestion(to, known)}` };
  }
  // An address says by itself that it is an endpoint's.
  const direct = named.filter(({ entry }) => entry.vpcEndpointId === undefined);
  const reached = via === undefined ? (direct.length > 0 ? direct : named) : behind(via, named, places);
  const [place] = reached;
  if (place === undefined) {
    const ids = places.flatMap(({ entry }) => entry.vpcEndpointId ?? []);
    return { problem: `no VPC endpoint '${via}' leads to '${to}'; ${suggestion(String(via), [...new Set(ids)])}` };
  }
  const { entry, address, port, isGuessed } = place;
  const notes = [
    ...(reached.length > 1 ? [`${to} has a node in each zone; this is the one in ${entry.zone}.`] : []),
    ...(isGuessed
      ? [`The config leaves the address or port to the kernel; ${hostPort(address, port)} stands for it.`]
      : []),
  ];
  return { entry, address, port, notes };
}

interface Place {
  readonly entry: Entry;
  /** What people may call it. */
  readonly names: readonly string[];
  readonly address: string;
  readonly port: number;
  /** Whether address and port are guesses. */
  readonly isGuessed: boolean;
}

function behind(via: string, named: readonly Place[], places: readonly Place[]): Place[] {
  const isNamed = ({ entry }: Place): boolean =>
    named.some(
      (place) => place.entry.loadBalancer === entry.loadBalancer && place.entry.listenerPort === entry.listenerPort,
    );
  return places.filter((place) => place.entry.vpcEndpointId === via && isNamed(place));
}

function placeOf(entry: Entry, to: string, listening: Listening): Omit<Place, "entry"> {
  const at = listening(entry.key);
  const wildcard = entry.address === "0.0.0.0" || entry.address === "::";
  const asked = wildcard ? parseHostPort(to)?.address : undefined;
  const address = wildcard ? (asked ?? (entry.address === "::" ? "::1" : "127.0.0.1")) : entry.address;
  const port = at?.port ?? entry.port;
  const { loadBalancer, listenerPort } = entry;
  const names = [`${loadBalancer}:${listenerPort}`, `${loadBalancer}:${port}`, loadBalancer, hostPort(address, port)];
  return { names, address, port, isGuessed: (wildcard && asked === undefined) || port === 0 };
}
