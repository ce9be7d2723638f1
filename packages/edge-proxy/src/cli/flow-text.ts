import { hostPort } from "../model/host-port.ts";
import type { FlowLogLine } from "../observe/flow-log-line.ts";
import { size } from "./state-tables.ts";
import type { Style } from "./style.ts";

/** A line of the flow log for people: what varies in length comes last. */
export function flowText(line: FlowLogLine, style: Style): string {
  const { ts, close, bytes_in, bytes_out, duration_s } = line;
  const isRefusal = line.target === undefined;
  const carried = [
    `${duration_s.toFixed(3)} s`.padStart(12),
    `${size(bytes_in)} in`.padStart(12),
    `${size(bytes_out)} out`.padStart(13),
  ].join("");
  const columns = [
    style("dim", ts.slice("YYYY-MM-DDT".length)),
    style(colourOf(close), close.padEnd("refused.dead_on_arrival".length)),
    isRefusal ? "".padEnd(carried.length) : carried,
    ` ${wayOf(line)}`,
  ];
  return columns.join(" ");
}

/** Where it came from and where it went to. */
function wayOf(line: FlowLogLine): string {
  const { "client.address": address, "client.port": port = 0, "error.type": error, close } = line;
  const client = address === undefined ? "somebody" : hostPort(address, port);
  const through = line.vpc_endpoint === undefined ? line.listener : `${line.vpc_endpoint} -> ${line.listener}`;
  const way = [client, through, ...(line.target === undefined ? [] : [`${line.target_group}/${line.target}`])];
  // What `close` says already is not said again.
  const cause = error === undefined || close.endsWith(`.${error}`) ? "" : ` (${error})`;
  return way.join(" -> ") + cause;
}

function colourOf(close: string): "green" | "yellow" | "red" {
  if (close.endsWith(".fin")) return "green";
  return close.startsWith("client.") || close.startsWith("proxy.") ? "yellow" : "red";
}
