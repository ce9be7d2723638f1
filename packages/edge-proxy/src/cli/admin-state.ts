import { readAdmin, unreachable } from "./admin-client.ts";

/** What is read of `/api/state`. What an older instance does not tell is undefined. */
export interface AdminState {
  readonly version?: string;
  readonly startedAt?: string;
  readonly timeScale: number;
  readonly limits: { readonly maxFlows: number; readonly fileDescriptors: number };
  /** Processes that carry the flows; none where the one that answers does. */
  readonly workers?: readonly { readonly pid: number | null; readonly flows: number; readonly restarts: number }[];
  readonly warnings: readonly string[];
  readonly flows: {
    readonly active: number;
    readonly flowsOpened: number;
    readonly flowsClosed: number;
    readonly bytesFromClients: number;
    readonly bytesFromTargets: number;
    readonly refused: Readonly<Record<string, number>>;
  };
  /** With those of flows that stand. */
  readonly bytes?: { readonly fromClients: number; readonly fromTargets: number };
  readonly listeners: readonly {
    readonly loadBalancer: string;
    readonly zone: string;
    readonly address: string;
    readonly port: number;
    readonly vpcEndpointId?: string;
    readonly targetGroups: readonly { readonly name: string; readonly weight: number }[];
  }[];
  readonly targetGroups: readonly {
    readonly name: string;
    readonly zones?: readonly { readonly name: string; readonly failOpen: boolean }[];
    readonly targets: readonly AdminTarget[];
  }[];
}

export interface AdminTarget {
  readonly Target: { readonly Id: string; readonly Port: number; readonly AvailabilityZone?: string };
  readonly TargetHealth: { readonly State: string; readonly Description?: string };
  readonly drainingEndsInSeconds?: number;
  readonly lastCheck?: { readonly outcome: string; readonly detail?: string };
  readonly flows?: { readonly active: number; readonly opened: number };
  readonly byHand?: { readonly drained: boolean };
}

/** @throws EdgeProxyError `EDGE_ADMIN_UNREACHABLE` */
export async function readState(admin: URL): Promise<AdminState> {
  const body = (await readAdmin(admin, "/api/state")) as Partial<AdminState> | null;
  const isState = Array.isArray(body?.listeners) && Array.isArray(body.targetGroups) && body.limits !== undefined;
  if (!isState) throw unreachable(admin, "/api/state is not that of an edge-proxy");
  return body as AdminState;
}

/** Target groups that a listener sends flows to and that have no healthy target. */
export function groupsWithoutHealthyTarget({ listeners, targetGroups }: AdminState): string[] {
  const used = new Set(listeners.flatMap((listener) => listener.targetGroups.map(({ name }) => name)));
  return targetGroups.filter(({ name, targets }) => used.has(name) && !targets.some(isHealthy)).map(({ name }) => name);
}

/** `unavailable` is AWS's word for a target whose checks are switched off; it gets flows. */
function isHealthy({ TargetHealth: { State } }: AdminTarget): boolean {
  return State === "healthy" || State === "unavailable";
}

/** Payload in both directions; of an older instance only that of flows that have ended. */
export function totalBytes({ bytes, flows }: AdminState): number {
  return bytes === undefined ? flows.bytesFromClients + flows.bytesFromTargets : bytes.fromClients + bytes.fromTargets;
}
