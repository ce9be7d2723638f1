/** On a dual-stack listener an IPv4 client has an IPv4-mapped address; it is an IPv4 client all the same. */
export function unmapped(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
