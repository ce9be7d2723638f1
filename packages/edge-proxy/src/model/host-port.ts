/** `10.0.0.1:80`, `[2001:db8::1]:80`: an address and port as people and URLs write them. */
export function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
