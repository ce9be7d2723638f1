import { isIP, SocketAddress } from "node:net";

/** `10.0.0.1:80`, `[2001:db8::1]:80`: an address and port as people and URLs write them. */
export function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * Reads what `hostPort` writes; the address may be left out. IPv6 addresses come out as sockets spell them.
 * @returns undefined where the text is something else, such as a host name
 */
export function parseHostPort(text: string): { readonly address?: string; readonly port: number } | undefined {
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]*)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits ?? Number.NaN);
  if (!(port <= 65_535)) return undefined;
  const address = bracketed ?? plain;
  if (address === undefined) return { port };
  if (isIP(address) !== (bracketed === undefined ? 4 : 6)) return undefined;
  return { address: bracketed === undefined ? address : spelled(address), port };
}

/** An IPv6 address as sockets spell it, the shortest way. */
export function spelled(address: string): string {
  return new SocketAddress({ family: "ipv6", address }).address;
}
