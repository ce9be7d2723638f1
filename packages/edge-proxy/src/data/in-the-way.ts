import { overlap } from "../model/listening-address.ts";
import type { Routes } from "./routes.ts";

/** Where sockets listen, by the keys of their entries. */
type Places = Iterable<readonly [string, { readonly address: string; readonly port: number }]>;

/**
 * The keys of open places that a new entry cannot listen beside, and that are to go anyway: as when a listener moves from one
 * address to all of them. The kernel takes the new socket only when the old one is closed.
 */
export function inTheWay(open: Places, { entries }: Routes): string[] {
  const places = new Map(open);
  const coming = [...entries.values()].filter(({ key }) => !places.has(key));
  const leaving = [...places].filter(([key]) => !entries.has(key));
  const stands = ({ address, port }: { readonly address: string; readonly port: number }): boolean =>
    coming.some((entry) => entry.port === port && overlap(entry.address, address));
  return leaving.filter(([, place]) => stands(place)).map(([key]) => key);
}
