import type { FlowInfo, FlowState } from "../data/flow-observer.ts";
import type { Entry, Forward, TargetRoute } from "../data/routes.ts";
import type { FlowNews, OpenedFlow } from "./message.ts";

/** A flow that a worker carries, as it was last reported. */
export class RemoteFlow implements FlowInfo {
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

  constructor(id: number, { clientAddress, clientPort, atMs }: OpenedFlow, way: Way) {
    this.id = id;
    this.entry = way.entry;
    this.forward = way.forward;
    this.route = way.route;
    this.clientAddress = clientAddress;
    this.clientPort = clientPort;
    this.openedMs = atMs;
    this.activeMs = atMs;
  }

  update(news: FlowNews): void {
    this.state = news.state;
    this.connectedMs = news.connectedMs;
    this.source ??= news.source;
    this.activeMs = news.activeMs;
    this.bytesFromClient = news.bytesFromClient;
    this.bytesFromTarget = news.bytesFromTarget;
    this.headerBytes = news.headerBytes;
    this.closedMs = news.closed?.atMs;
  }
}

/** Where a flow came in and where it goes. */
export interface Way {
  readonly entry: Entry;
  readonly forward: Forward;
  readonly route: TargetRoute;
}
