import { readFileSync } from "node:fs";
import type { PortRange } from "../data/source-ports.ts";

/** What the kernel chooses source ports from when nobody says which. */
export function kernelPorts(): PortRange {
  try {
    const text = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8");
    const [first = Number.NaN, last = Number.NaN] = text.trim().split(/\s+/).map(Number);
    if (first <= last) return { first, last };
  } catch {
    // Not Linux.
  }
  return { first: 49_152, last: 65_535 };
}
