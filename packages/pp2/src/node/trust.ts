import { BlockList, isIP } from "node:net";
import type { Endpoint } from "../index.ts";

/**
 * Who may send PROXY headers: addresses and CIDR ranges (`"10.0.0.0/8"`, `"2001:db8::1"`), or a function that decides.
 *
 * - An IPv4 peer that a dual-stack socket reports as `::ffff:10.0.0.1` is matched as `10.0.0.1`.
 * - `"0.0.0.0/0"` means every IPv4 peer and no IPv6 peer, `"::/0"` the reverse.
 * - `"unix:"` means whoever may connect to the Unix domain socket that the server listens on.
 * - A function that throws, or that returns anything but `true`, distrusts.
 */
export type Trusted = readonly string[] | ((peer: Endpoint) => boolean);

/** The address that a peer on a Unix domain socket has, as in nginx's `set_real_ip_from unix:`. */
export const unixPeerAddress = "unix:";

/** So that a wide range, as `"0.0.0.0/0"`, fills no memory. */
const maxRemembered = 1_000;

const hint = 'the addresses of your load balancer, such as ["10.0.0.0/8"]';

/**
 * Makes a matcher of a `trusted` option.
 *
 * @throws TypeError when the option is missing or empty, or when an entry is no address and no CIDR range.
 */
export function compileTrust(trusted: Trusted): (peer: Endpoint) => boolean {
  if (typeof trusted === "function") return trusted;
  if (!Array.isArray(trusted)) {
    throw new TypeError(
      `"trusted" is required: ${hint}. Who may send a PROXY header may claim any client address, so there is no default.`,
    );
  }
  if (trusted.length === 0) throw new TypeError(`"trusted" is empty, so that nobody could connect; give ${hint}`);

  const ipv4 = new BlockList();
  const ipv6 = new BlockList();
  let unix = false;
  for (const entry of trusted as readonly unknown[]) {
    if (entry === unixPeerAddress) {
      unix = true;
      continue;
    }
    const { address, prefix } = parseRange(entry);
    // Two lists, because one BlockList lets "::/0" match IPv4 peers as well.
    if (isIP(address) === 4) ipv4.addSubnet(address, prefix, "ipv4");
    else ipv6.addSubnet(address, prefix, "ipv6");
  }
  return rememberTrusted((address) => {
    if (address === unixPeerAddress) return unix;
    const unmapped = unmapIPv4(address);
    const version = isIP(unmapped);
    if (version === 4) return ipv4.check(unmapped, "ipv4");
    return version === 6 && ipv6.check(unmapped, "ipv6");
  });
}

/** A load balancer has few addresses, and matching one costs more than decoding its header. */
function rememberTrusted(matches: (address: string) => boolean): (peer: Endpoint) => boolean {
  const trusted = new Set<string>();
  return ({ address }) => {
    if (trusted.has(address)) return true;
    if (!matches(address)) return false;
    if (trusted.size < maxRemembered) trusted.add(address);
    return true;
  };
}

function parseRange(entry: unknown): { address: string; prefix: number } {
  const refuse = (why: string): never => {
    throw new TypeError(`"trusted" has ${JSON.stringify(entry)}, which ${why}; give ${hint}`);
  };
  if (typeof entry !== "string") return refuse("is not a string");
  const slash = entry.indexOf("/");
  const text = slash < 0 ? entry : entry.slice(0, slash);
  const version = isIP(text);
  if (version === 0 || text.includes("%")) return refuse("is neither an IP address nor a CIDR range");
  const bits = version === 4 ? 32 : 128;
  const digits = slash < 0 ? String(bits) : entry.slice(slash + 1);
  const prefix = Number(digits);
  if (!/^\d{1,3}$/.test(digits) || prefix > bits)
    return refuse(`has no prefix length from 0 to ${bits} after the slash`);
  const unmapped = unmapIPv4(text);
  if (unmapped === text || prefix < 96) return { address: text, prefix };
  return { address: unmapped, prefix: prefix - 96 };
}

/** `::ffff:10.0.0.1` as `10.0.0.1`; every other address as it is. */
function unmapIPv4(address: string): string {
  const match = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return match?.[1] ?? address;
}
