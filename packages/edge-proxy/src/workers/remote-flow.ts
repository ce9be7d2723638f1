import type { FlowInfo, FlowState } from "../data/flow-observer.ts";
import type { Member } from "../data/live-set.ts";
import type { Entry, Forward, TargetRoute } from "../data/routes.ts";
import type { FlowUpdate, OpenedFlow } from "./flow-report.ts";

/** A flow that a worker carries, as it was last reported. */
export class RemoteFlow implements FlowInfo, Member {
  readonly id: number;
  readonly entry: Entry;
  readonly forward: Forward;
  readonly route: TargetRoute;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly openedMs: number;
  state: FlowState = "dialing";
  connectedMs: number | undefined = undefined;
  closedMs: number | undefined = undefined;
  activeMs: number;
  bytesFromClient = 0;
  bytesFromTarget = 0;
  headerBytes = 0;
  source: { readonly address: string; readonly port: number } | undefined = undefined;
  place = -1;

  constructor(id: number, { clientAddress, clientPort, atMs }: OpenedFlow, { entry, forward, route }: FlowRoute) {
    this.id = id;
    this.entry = entry;
    this.forward = forward;
    this.route = route;
    this.clientAddress = clientAddress;
    this.clientPort = clientPort;
    this.openedMs = atMs;
    this.activeMs = atMs;
  }

  update(reported: FlowUpdate): void {
    this.state = reported.state;
    this.connectedMs = reported.connectedMs;
    this.source ??= reported.source;
    this.activeMs = reported.activeMs;
    this.bytesFromClient = reported.bytesFromClient;
    this.bytesFromTarget = reported.bytesFromTarget;
    this.headerBytes = reported.headerBytes;
    this.closedMs = reported.closed?.atMs;
  }
}

/** Where a flow came in and where it goes. */
export interface FlowRoute {
  readonly entry: Entry;
  readonly forward: Forward;
  readonly route: TargetRoute;
}
