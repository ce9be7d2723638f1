import { isIPv6 } from "node:net";
import { spelled } from "./host-port.ts";

/** The one spelling of an address, for comparing. */
export function oneSpelling(address: string): string {
  return isIPv6(address) ? spelled(address) : address;
}

/** The addresses that stand for this one too. Node's sockets on `::` take IPv4 clients as well. */
export function wildcardsFor(address: string): readonly string[] {
  return isIPv6(address) ? ["::"] : ["0.0.0.0", "::"];
}

/** Whether two sockets that listen on the same port of these addresses are in each other's way. */
export function overlap(address: string, other: string): boolean {
  const [one, two] = [oneSpelling(address), oneSpelling(other)];
  return one === two || wildcardsFor(one).includes(two) || wildcardsFor(two).includes(one);
}
