import { admits, describeTargetHealth } from "@edgekit/health";
import { HeaderWriter } from "../data/header.ts";
import type { Entry, Forward } from "../data/routes.ts";
import { forwardsFor, type Selection, select } from "../data/select.ts";
import { chooseSource } from "../data/source.ts";
import { unmapped } from "../data/unmapped.ts";
import { hostPort } from "../model/host-port.ts";
import type { Model } from "../model/model.ts";
import { targetKey } from "../model/target-group.ts";
import { annotateHeader } from "./annotate-header.ts";
import { buildRoutes, resolveCrossZone, type StateOf } from "./build-routes.ts";
import type { ClientIpChoices } from "./client-ip.ts";
import { type ExplainedSource, explainSource } from "./explain-source.ts";
import { findEntry, type Listening } from "./find-entry.ts";
import type { HeaderPart } from "./header-part.ts";

/** What an explanation is about: the edge at one moment. */
export interface ExplainSnapshot {
  readonly model: Model;
  readonly clientIp: ClientIpChoices;
  readonly stateOf: StateOf;
  /** Where an entry really listens, by its key; needed only where the config leaves the port or the address open. */
  readonly listening?: Listening;
}

export interface ExplainQuestion {
  readonly client: { readonly address: string; readonly port: number };
  /** A load balancer and its listener's port (`web:8080`), or the address and port that the client connects to. */
  readonly to: string;
  /** The VPC endpoint that the client comes through. */
  readonly via?: string | undefined;
  /** Stands for what is random about a connection; a whole number from 0 to 4,294,967,295. Default 0. */
  readonly seed?: number | undefined;
}

/** What happens to a connection, and why. Plain data. */
export interface Explanation {
  readonly client: string;
  readonly loadBalancer: string;
  readonly zone: string;
  /** Where the client connects to. */
  readonly address: string;
  readonly port: number;
  readonly vpcEndpointId?: string;
  readonly seed: number;
  /** The listener's, with the targets of each as this node sees them. */
  readonly targetGroups: readonly ExplainedGroup[];
  /** The target that gets the connection; missing where it is refused. */
  readonly target?: string;
  readonly why: string;
  readonly source?: ExplainedSource;
  /** The PROXY header that the target gets first; missing where it gets none. */
  readonly header?: {
    readonly placement: "on_first_ack" | "on_first_ack_with_payload";
    readonly hex: string;
    readonly parts: readonly HeaderPart[];
  };
  /** What was taken for granted. */
  readonly notes: readonly string[];
}

export interface ExplainedGroup {
  readonly name: string;
  readonly weight: number;
  readonly chosen: boolean;
  readonly crossZone: boolean;
  readonly failOpen: boolean;
  readonly sticky: boolean;
  readonly targets: readonly ExplainedTarget[];
}

export interface ExplainedTarget {
  readonly target: string;
  readonly zone: string;
  readonly state: string;
  /** Whether new flows may go to it. */
  readonly eligible: boolean;
  readonly chosen: boolean;
  readonly why: string;
}

/**
 * Sends a connection that is not there through the stages of the data plane, and says what each of them decides.
 * @returns or why the question has no answer, such as a listener that does not exist
 */
export function explain(
  snapshot: ExplainSnapshot,
  question: ExplainQuestion,
): Explanation | { readonly problem: string } {
  const { model, clientIp, stateOf, listening } = snapshot;
  const { seed = 0 } = question;
  const client = { ...question.client, address: unmapped(question.client.address) };
  const found = findEntry(buildRoutes(model, clientIp, stateOf, 1), question, listening);
  if ("problem" in found) return found;
  const flow = { clientAddress: client.address, clientPort: client.port, seed };
  const { address, port } = found;
  const entry = forFamilyOf(flow, found.entry);
  const group = select(withTargets(entry), flow)?.forward.group;
  const selection = select(entry, flow);
  const source = selection && chooseSource(entry, selection.forward, selection.route, client.address);
  const refused = refusal(entry, group, source);
  const chosen = refused === undefined ? selection : undefined;
  return {
    client: hostPort(client.address, client.port),
    loadBalancer: entry.loadBalancer,
    zone: entry.zone,
    address,
    port,
    ...(entry.vpcEndpointId === undefined ? {} : { vpcEndpointId: entry.vpcEndpointId }),
    seed,
    targetGroups: entry.forward.map((forward) =>
      explainGroup(snapshot, entry, forward, forward.group === group, selection?.route.key),
    ),
    ...(chosen === undefined ? {} : { target: chosen.route.key }),
    why: refused ?? whyTarget(chosen),
    ...(chosen === undefined
      ? {}
      : { source: explainSource(entry, chosen, client, clientIp.get(entry.loadBalancer)?.why) }),
    ...headerOf(entry, chosen, client, { address, port }),
    notes: [
      ...found.notes,
      ...(question.seed === undefined && selection?.forward.stickyTable === undefined
        ? [
            "The choice depends on 32 random bits of each connection. This is seed 0; another seed may lead to another target.",
          ]
        : []),
    ],
  };
}

/** The entry as clients of this address family see it. */
function forFamilyOf(flow: { readonly clientAddress: string }, entry: Entry): Entry {
  const { forwardByFamily: _, ...rest } = entry;
  return { ...rest, forward: forwardsFor(entry, flow) };
}

/** The same, but with some target in each group, so that the choice of a group without any is seen. */
function withTargets(entry: Entry): Entry {
  const some = { key: "", address: "", family: 4, port: 0, endpoint: "" } as const;
  const forward = entry.forward.map((one) => (one.targets.length > 0 ? one : { ...one, targets: [some] }));
  return { ...entry, forward };
}

function refusal(entry: Entry, group: string | undefined, source: string | undefined): string | undefined {
  if (source === "hairpin")
    return "refused.hairpin: the client is its own target, which throws away what comes from its own address";
  if (source !== undefined) return undefined;
  if (group !== undefined) return `refused.no_target: no target of '${group}' is eligible`;
  return entry.forward.length === 0
    ? "refused.no_target: the listener has no target group"
    : "refused.no_target: every target group has weight 0";
}

function whyTarget(selection: Selection | undefined): string {
  if (selection === undefined) return "";
  const { targets, stickyTable } = selection.forward;
  if (targets.length === 1) return "the only eligible target";
  return stickyTable === undefined
    ? `flow hash over both addresses, both ports and the seed: any of ${targets.length} eligible targets, evenly`
    : `stickiness: the table of ${targets.length} eligible targets, by the client's address and the node`;
}

function explainGroup(
  { model, stateOf }: ExplainSnapshot,
  entry: Entry,
  forward: Forward,
  chosen: boolean,
  chosenKey: string | undefined,
): ExplainedGroup {
  const group = model.targetGroups.find(({ name }) => name === forward.group);
  const loadBalancer = model.loadBalancers.find(({ name }) => name === entry.loadBalancer);
  const crossZone =
    group !== undefined && loadBalancer !== undefined && resolveCrossZone(group.attributes, loadBalancer);
  const eligible = new Set(forward.targets.map(({ key }) => key));
  return {
    name: forward.group,
    weight: forward.weight,
    chosen,
    crossZone,
    failOpen: forward.failOpen,
    sticky: forward.stickyTable !== undefined,
    targets: (group?.targets ?? []).map((target): ExplainedTarget => {
      const key = targetKey(target);
      const state = stateOf(forward.group, key);
      const { State, Description } = describeTargetHealth(state);
      const failedOpen = eligible.has(key) && !admits(state);
      const reason = Description ?? State;
      const elsewhere = !crossZone && target.zone !== "all" && target.zone !== entry.zone;
      return {
        target: key,
        zone: target.zone,
        state: State,
        eligible: eligible.has(key),
        chosen: chosen && key === chosenKey,
        why: elsewhere
          ? `in zone ${target.zone}, and cross-zone load balancing is off`
          : failedOpen
            ? `${reason}; eligible all the same, because too few targets are healthy (fail-open)`
            : reason,
      };
    }),
  };
}

function headerOf(
  entry: Entry,
  selection: Selection | undefined,
  client: ExplainQuestion["client"],
  connectedTo: { readonly address: string; readonly port: number },
): Pick<Explanation, "header"> {
  if (selection === undefined || selection.forward.proxyHeader === "none") return {};
  const { forward } = selection;
  const connection = { socketName: () => connectedTo };
  const facts = { entry, forward, clientAddress: client.address, clientPort: client.port, client: connection };
  const bytes = new HeaderWriter().write(facts);
  if (bytes === undefined) return {};
  const { parts } = annotateHeader(bytes);
  return { header: { placement: selection.forward.proxyHeader, hex: Buffer.from(bytes).toString("hex"), parts } };
}
