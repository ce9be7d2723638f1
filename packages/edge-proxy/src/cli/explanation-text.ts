import type { ExplainedGroup, Explanation } from "../control/explain.ts";
import { hostPort } from "../model/host-port.ts";
import { headerTable } from "./header-table.ts";
import { columns, type Style, styleFor } from "./style.ts";

/** An explanation for people, in the order of the data plane's stages. */
export function explanationText(explanation: Explanation, style: Style = styleFor(process.stdout)): string {
  const { client, loadBalancer, zone, address, port, vpcEndpointId, targetGroups, target, why, source } = explanation;
  const through = vpcEndpointId === undefined ? "" : ` through ${vpcEndpointId}`;
  const from =
    source === undefined
      ? []
      : [
          [
            "source",
            source.address === undefined ? "an address of this machine" : at(source.address, source.port),
            source.why,
          ],
        ];
  return [
    ...columns([
      ["client", client, `connects to ${hostPort(address, port)}${through}: ${loadBalancer}, zone ${zone}`],
      ["target", target === undefined ? style("red", "refused") : style("green", target), why],
      ...from,
      ["header", ...headerLine(explanation)],
    ]),
    "",
    ...targetGroups.flatMap((group) => [...groupTable(group, targetGroups, style), ""]),
    ...(explanation.header === undefined ? [] : [...headerTable(explanation.header.parts, style), ""]),
    ...explanation.notes.map((note) => `Note: ${note}`),
    ...(explanation.notes.length === 0 ? [] : [""]),
  ].join("\n");
}

function at(address: string, port: number | undefined): string {
  return port === undefined ? `${address}, any port` : hostPort(address, port);
}

const placements = {
  on_first_ack: "before the client's first bytes",
  on_first_ack_with_payload: "together with the client's first bytes",
} as const;

function headerLine({ header, target }: Explanation): [string, string] {
  if (header !== undefined) return [`${header.hex.length / 2} bytes`, placements[header.placement]];
  return ["none", target === undefined ? "" : "proxy_protocol_v2.enabled is false"];
}

function groupTable(group: ExplainedGroup, all: readonly ExplainedGroup[], style: Style): string[] {
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  const facts = [
    ...(all.length > 1 ? [`weight ${group.weight} of ${total}`] : []),
    `cross-zone ${group.crossZone ? "on" : "off"}`,
    ...(group.sticky ? ["sticky by client address"] : []),
    ...(group.failOpen && group.targets.length > 0 ? [style("yellow", "fail-open")] : []),
    ...(all.length > 1 ? [group.chosen ? "chosen by weight" : "not chosen"] : []),
  ];
  const rows = group.targets.map(({ target, zone, state, eligible, chosen, why }) => [
    ` ${chosen ? style("green", "→") : eligible ? " " : style("red", "✗")}`,
    target,
    zone === "all" ? "any zone" : zone,
    state,
    why === state ? "" : why,
  ]);
  const none = rows.length === 0 ? ["   no targets"] : [];
  return [`${style("bold", group.name)} (${facts.join(", ")})`, ...columns(rows), ...none];
}
