/** Why a flow ended. Every flow has exactly one reason. */
export interface CloseReason {
  /** Who began it. `proxy`: the stand-in itself. */
  readonly side: "client" | "target" | "proxy";
  /**
   * - `fin`: both sides closed in an orderly way
   * - `rst`: `side` reset the connection
   * - `timeout`: nothing moved for the idle timeout, or the target did not accept in time
   * - `drain`: the stand-in is shutting down
   * - `deregistered`: the target's deregistration delay is over
   * - `weight-zero`: the target group's weight has become 0
   * - `unhealthy`: the target failed its health checks
   * - `no-target`: the target group is empty
   * - `port-allocation`: the machine has no source port left for this target; AWS's `PortAllocationErrorCount`
   * - `source-collision`: another flow to this target has the same client address and port, and both are preserved
   * - `worker-lost`: the worker process that carried it has ended
   * - `error`: anything else; see `errno`
   */
  readonly kind:
    | "fin"
    | "rst"
    | "timeout"
    | "drain"
    | "deregistered"
    | "weight-zero"
    | "unhealthy"
    | "no-target"
    | "port-allocation"
    | "source-collision"
    | "worker-lost"
    | "error";
  /** The system's name for it, e.g. `ECONNREFUSED`. */
  readonly errno?: string;
}
