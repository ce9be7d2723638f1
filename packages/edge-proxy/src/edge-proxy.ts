import type { AdminView } from "./api/admin/admin-view.ts";
import type { EdgeProxyConfig } from "./api/config/config.ts";
import { type LoadedConfig, loadConfigObject } from "./api/config/load.ts";
import type { Elbv2Api } from "./api/elbv2/elbv2-api.ts";
import { StateFile } from "./api/elbv2/state-file.ts";
import { systemClock, wallClockMs } from "./clock.ts";
import { ConfigInForce } from "./config-in-force.ts";
import { AppliedRoutes } from "./control/applied-routes.ts";
import type { ClientIpChoices } from "./control/client-ip.ts";
import { thisHost } from "./control/client-ip-host.ts";
import { ControlPlane } from "./control/control-plane.ts";
import type { TargetHealthDescription } from "./control/describe-target-health.ts";
import type { DnsAt } from "./control/dns-at.ts";
import { DnsRecords } from "./control/dns-records.ts";
import { type ExplainQuestion, type Explanation, explain } from "./control/explain.ts";
import { readQuestion } from "./control/explain-question.ts";
import type { Listening } from "./control/find-entry.ts";
import { computeLimits, type Limits } from "./control/limits.ts";
import { type ListeningAt, listeningAt } from "./control/listening-at.ts";
import { passiveHealth } from "./control/passive-health.ts";
import { createCarrier, workersOf } from "./create-carrier.ts";
import { createElbv2Api } from "./create-elbv2-api.ts";
import type { Carrier } from "./data/carrier.ts";
import { TransparentSockets } from "./data/transparent-socket.ts";
import type { EdgeProxyOptions, Reloaded } from "./edge-proxy-options.ts";
import { EdgeProxyError } from "./error.ts";
import type { SocketDescriptors } from "./inherited-sockets.ts";
import { dnsName } from "./model/arn.ts";
import type { CloudWatchView } from "./observe/cloudwatch.ts";
import { countFlows, type FlowCounters } from "./observe/counters.ts";
import { type FlowList, type FlowQuery, listFlows } from "./observe/flow-list.ts";
import { Observation } from "./observe/observation.ts";
import type { Observed, Readiness } from "./observe/observed.ts";
import { type EdgeProxyState, type StateInParts, wholeState } from "./observe/state.ts";
import { SideServers } from "./side-servers.ts";

const defaultDrainMs = 5_000;

/**
 * An NLB stand-in for a program or a test. It listens after `start()`.
 *
 * @example
 * ```ts
 * await using nlb = await createEdgeProxy({
 *   admin: false,
 *   loadBalancers: [{ name: "web", listeners: [{ port: 0, targetGroup: "app" }] }],
 *   targetGroups: [{ name: "app", port: 3000, targets: [{ id: "127.0.0.1" }] }],
 * }).start();
 * nlb.listeners[0]?.port;
 * ```
 * @throws EdgeProxyError `EDGE_CONFIG_INVALID`, `EDGE_LIMIT_TOO_HIGH`, `EDGE_WORKERS_UNAVAILABLE`
 */
export function createEdgeProxy(config: EdgeProxyConfig = {}, options: EdgeProxyOptions = {}): EdgeProxy {
  return new EdgeProxy(loadConfigObject(config), options);
}

/** The stand-in: puts all rooms together. */
export class EdgeProxy implements AsyncDisposable {
  readonly limits: Limits;
  readonly #configSource: EdgeProxyOptions["configSource"];
  readonly #onShutdown: EdgeProxyOptions["onShutdown"];
  readonly #inherited: EdgeProxyOptions["inherited"];
  readonly #inForce: ConfigInForce;
  readonly #carrier: Carrier;
  readonly #controlPlane: ControlPlane;
  readonly #counters: FlowCounters;
  readonly #observation: Observation;
  readonly #sideServers: SideServers;
  readonly #elbv2: Elbv2Api;
  readonly #routes: AppliedRoutes | undefined;
  readonly #stateFile: StateFile | undefined;
  #isClosing = false;

  constructor(loaded: LoadedConfig, options: EdgeProxyOptions = {}) {
    const { config } = loaded;
    const { clock = systemClock, random = Math.random, observers = [] } = options;
    this.#routes = options.applyRoutes === true ? new AppliedRoutes() : undefined;
    const timeScale = config.timeScale ?? 1;
    this.#configSource = options.configSource;
    this.#onShutdown = options.onShutdown;
    this.#inherited = options.inherited;
    this.limits = computeLimits(config.limits?.maxFlows, workersOf(options));
    const { counters, observer } = countFlows();
    this.#counters = counters;
    this.#observation = new Observation({ flowLog: config.flowLog || undefined, wallClockMs });
    this.#sideServers = new SideServers({ clock, random, observer: this.#observation.dnsObserver });
    const transparent = new TransparentSockets();
    this.#carrier = createCarrier({
      config,
      options,
      limits: this.limits,
      transparent,
      observers: [observer, ...this.#observation.flowObservers, passiveHealth(() => this.#controlPlane), ...observers],
    });
    this.#controlPlane = new ControlPlane({
      clock,
      random,
      timeScale,
      probe: options.probe,
      observer: this.#observation.healthObserver,
      dataPlane: this.#carrier,
      clientIpHost: thisHost(transparent, this.#routes),
    });
    this.#inForce = new ConfigInForce(loaded, this.#controlPlane);
    this.#stateFile = config.stateFile === undefined ? undefined : new StateFile(config.stateFile);
    this.#elbv2 = createElbv2Api({
      config,
      inForce: this.#inForce,
      controlPlane: this.#controlPlane,
      stateFile: this.#stateFile,
    });
  }

  /**
   * Begins to listen and to check targets. If any part fails, everything is closed again.
   * @throws EdgeProxyError `EDGE_LISTEN_FAILED`, `EDGE_CLIENT_IP_UNAVAILABLE`, `EDGE_LOG_UNWRITABLE`, `EDGE_STATE_UNUSABLE`,
   * `EDGE_WORKERS_UNAVAILABLE`
   */
  async start(): Promise<this> {
    const { config } = this.#inForce;
    try {
      this.#observation.open(config.admin !== false);
      const made = await this.#stateFile?.load();
      await this.#inForce.begin(made);
      await this.#sideServers.openAdmin(config, this.#adminView(), this.#inherited);
      this.#inherited?.closeRest();
      // Last, so that no resolver asks too early and caches that a name does not exist.
      if (this.#inherited === undefined) await this.openDns();
    } catch (error) {
      await this.close({ drainMs: 0 });
      throw error;
    }
    return this;
  }

  /** Settings of the config that have no effect here, one line each. */
  get warnings(): readonly string[] {
    return this.#inForce.warnings;
  }

  /** Where clients can connect: the nodes of each load balancer in the config's order, then its VPC endpoints. */
  get listeners(): readonly ListeningAt[] {
    return this.#listeningAt().filter((at) => at !== undefined);
  }

  /** Where the admin server listens, or undefined when it is off. */
  get admin(): { readonly address: string; readonly port: number } | undefined {
    return this.#sideServers.admin;
  }

  /** The listening sockets, for a process that is to inherit them. */
  get listeningSockets(): SocketDescriptors {
    return new Map([...this.#carrier.listeningSockets, ...this.#sideServers.descriptors]);
  }

  /** Where the DNS server listens and the names that it knows, or undefined when it is off. */
  get dns(): DnsAt | undefined {
    const { dns } = this.#sideServers;
    if (dns === undefined) return undefined;
    const { address, port } = dns;
    return { address, port, names: this.#controlPlane.model.loadBalancers.map(dnsName) };
  }

  /** How each load balancer preserves client addresses; only those with a target group that asks for it are listed. */
  get clientIp(): ClientIpChoices {
    return this.#controlPlane.clientIp;
  }

  /** How many flows stand now. */
  get flows(): number {
    return this.#carrier.flows.size;
  }

  /**
   * What AWS's DescribeTargetHealth answers for a target group, draining targets included.
   * @throws RangeError when there is no such group
   */
  describeTargetHealth(targetGroup: string): readonly TargetHealthDescription[] {
    return this.#controlPlane.describeTargetHealth(targetGroup);
  }

  /**
   * Replaces the config while flows run. Flows on listeners and targets that stay are not touched; targets that go begin to
   * drain. What the ELBv2 API has made stays. `admin`, `dns`, `flowLog`, `limits`, `instances`, `stateFile`, `subnets` and
   * `timeScale` keep what they had at the start.
   * @throws EdgeProxyError `EDGE_CONFIG_INVALID`, `EDGE_LISTEN_FAILED`, `EDGE_CLIENT_IP_UNAVAILABLE`; nothing has changed then
   */
  async update(config: EdgeProxyConfig): Promise<Reloaded> {
    return this.#replace(async () => loadConfigObject(config));
  }

  /**
   * Reads the config again from its source and applies it as `update` does. An invalid config changes nothing.
   * @throws EdgeProxyError as `update`, or `EDGE_CONFIG_UNREADABLE`
   */
  async reload(): Promise<Reloaded> {
    const source = this.#configSource;
    if (source === undefined) {
      throw new EdgeProxyError("EDGE_CONFIG_UNREADABLE", "there is no config file to reload");
    }
    return this.#replace(source);
  }

  /**
   * What would happen to a connection, and why: target, source address and PROXY header. Real connections go through the same
   * code.
   * @throws RangeError when nothing listens there
   */
  explain(question: ExplainQuestion): Explanation {
    const listening: Listening = (key) => this.#carrier.listening(key);
    const answer = explain({ ...this.#controlPlane.snapshot, listening }, question);
    if ("problem" in answer) throw new RangeError(answer.problem);
    return answer;
  }

  /**
   * Brings the numbers of worker processes up to date. Without it, flows that begin or end are known here after 20 ms, and what
   * they have carried after a second. `metrics()` and the admin server call it themselves.
   */
  refresh(): Promise<void> {
    return this.#carrier.refresh({ scrape: false });
  }

  /** Prometheus's text format, as `/metrics` gives it. docs/metrics.md describes each metric. */
  async metrics(): Promise<string> {
    await this.#carrier.refresh({ scrape: true });
    return this.#observation.metrics(() => this.#observed());
  }

  /** The metrics of CloudWatch's namespace AWS/NetworkELB, since the start. docs/metrics.md says what differs. */
  cloudWatch(): CloudWatchView {
    return this.#observation.cloudWatch(this.#observed());
  }

  /**
   * Everything worth knowing, as plain data: the answer of `/api/state`.
   * @param targetLimit at most this many targets of each group, the unhealthy ones first; default: all
   */
  state(targetLimit: number = Number.POSITIVE_INFINITY): EdgeProxyState {
    return wholeState(this.#stateInParts(targetLimit));
  }

  /** Whether it listens on every address; the answer of `/ready`. */
  get readiness(): Readiness {
    const reasons: string[] = [];
    const missing = this.#listeningAt().filter((at) => at === undefined).length;
    if (this.#isClosing) reasons.push("it is shutting down: new clients are refused, flows may end");
    else if (this.#inForce.status.appliedAtSeconds === 0)
      reasons.push("it is starting: no config has been applied yet");
    else if (missing > 0) reasons.push(`${missing} of its addresses do not listen`);
    return { ready: reasons.length === 0, reasons };
  }

  /** Flows that stand, the longest-standing ones first; the answer of `/api/flows`. */
  listFlows(query: FlowQuery): FlowList {
    return listFlows(this.#carrier.flows, query, this.#carrier.now());
  }

  /**
   * Takes a target out of service by hand, as DeregisterTargets would: it gets no new flows, and those that stand have until
   * the end of the deregistration delay. It lasts until `readyTarget`, or until the target leaves the config.
   * @param target its id and port, such as `127.0.0.1:3001`
   * @throws RangeError when there is no such group or target
   */
  drainTarget(targetGroup: string, target: string): void {
    this.#controlPlane.setByHand(targetGroup, target, { drained: true });
  }

  /** Puts a target back that was drained by hand, as RegisterTargets would: its health checks begin anew. @throws RangeError */
  readyTarget(targetGroup: string, target: string): void {
    this.#controlPlane.setByHand(targetGroup, target, { drained: false });
  }

  /**
   * From the next health check on, the target's checks have this result without asking it; undefined: their real result.
   * Interval and thresholds stay in force. It lasts until it is taken back, or until the target leaves the config.
   * @throws RangeError when there is no such group or target
   */
  forceTargetHealth(targetGroup: string, target: string, result: "healthy" | "unhealthy" | undefined): void {
    const forced = { healthy: "pass", unhealthy: "fail" } as const;
    this.#controlPlane.setByHand(targetGroup, target, { forced: result && forced[result] });
  }

  /**
   * Stops accepting, gives flows `drainMs` to end (default 5,000; 0: none), resets the rest, and stops the health checks.
   */
  async close({ drainMs = defaultDrainMs }: { readonly drainMs?: number } = {}): Promise<void> {
    this.#isClosing = true;
    await Promise.all([this.#sideServers.closeDns(), this.#carrier.close(drainMs)]);
    await this.#controlPlane.close();
    await this.#sideServers.closeAdmin();
    await this.#observation.close();
    this.removeRoutes();
  }

  /** Closes the admin and DNS servers at once, so that the process that takes over can have their addresses. */
  async closeAdminAndDns(): Promise<void> {
    await Promise.all([this.#sideServers.closeAdmin(), this.#sideServers.closeDns()]);
  }

  /** Removes what `applyRoutes` has set, synchronously, for a process that is about to exit. `close()` does it too. */
  removeRoutes(): void {
    this.#routes?.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({ drainMs: 0 });
  }

  /**
   * Opens the DNS server, if the config has one and `start()` has left it closed. @throws EdgeProxyError `EDGE_LISTEN_FAILED`
   */
  async openDns(): Promise<void> {
    const records = new DnsRecords({
      model: () => this.#controlPlane.model,
      region: () => this.#inForce.region,
      verdictsOf: (group) => this.#controlPlane.health(group)?.verdicts(),
    });
    await this.#sideServers.openDns(this.#inForce.config, records);
  }

  async #replace(load: () => Promise<LoadedConfig>): Promise<Reloaded> {
    const reloaded = await this.#inForce.replace(load);
    this.#observation.forget(this.#observed());
    return reloaded;
  }

  #listeningAt(): ReturnType<typeof listeningAt> {
    return listeningAt(this.#controlPlane.model, (key) => this.#carrier.listening(key));
  }

  /** What the admin server shows and does. */
  #adminView(): AdminView {
    const onShutdown = this.#onShutdown;
    return {
      refresh: () => this.refresh(),
      readiness: () => this.readiness,
      state: (targetLimit) => this.#stateInParts(targetLimit),
      targetState: (group, target) => this.#observation.targetState(this.#observed(), group, target),
      flows: (query) => this.listFlows(query),
      followFlowLog: (filter, destination) => {
        const end = this.#observation.follow(filter, destination, this.#carrier.flows);
        this.#carrier.wantSources(true);
        return async () => {
          await end();
          this.#carrier.wantSources(this.#observation.isFlowLogRead);
        };
      },
      metrics: () => this.metrics(),
      cloudWatch: () => this.cloudWatch(),
      explain: (text) => {
        const question = readQuestion(text);
        return "problem" in question ? question : this.explain(question);
      },
      elbv2: (request) => this.#elbv2.handle(request),
      ...(this.#configSource === undefined ? {} : { reload: () => this.reload() }),
      ...(onShutdown === undefined ? {} : { shutdown: (drainSeconds) => onShutdown(drainSeconds * 1000) }),
      drain: (group, target) => this.drainTarget(group, target),
      ready: (group, target) => this.readyTarget(group, target),
      forceHealth: (group, target, result) => this.forceTargetHealth(group, target, result),
    };
  }

  #stateInParts(targetLimit: number = Number.POSITIVE_INFINITY): StateInParts {
    return this.#observation.stateInParts(this.#observed(), targetLimit);
  }

  #observed(): Observed {
    return {
      nowMs: this.#carrier.now(),
      wallClockMs: wallClockMs(),
      readiness: this.readiness,
      traffic: {
        flows: this.#carrier.flows,
        counters: this.#counters,
        processes: this.#carrier.processes,
        sources: this.#carrier.sources,
        sourcePortsInUse: this.#carrier.sourcePortsInUse,
        observerErrors: this.#carrier.observerErrors,
      },
      model: this.#controlPlane.model,
      listeners: this.listeners,
      dns: this.dns,
      clientIp: this.clientIp,
      monitor: (group) => this.#controlPlane.health(group),
      byHand: (group, key) => this.#controlPlane.byHand(group, key),
      timeScale: this.#inForce.config.timeScale ?? 1,
      limits: this.limits,
      config: this.#inForce.status,
      warnings: this.warnings,
      logLinesDropped: this.#observation.logLinesDropped,
    };
  }
}
