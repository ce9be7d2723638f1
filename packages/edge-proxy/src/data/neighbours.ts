/** The other processes that carry flows of the same listeners. */
export interface Neighbours {
  readonly count: number;
  /** As many clients as may be are on their way to them, so that no more can be offered. */
  readonly busy: boolean;
  /**
   * Offers them a client that this process has no room for.
   * @param key of the entry that the client came in by
   * @param connection what the client's socket gave away, see `FlowSocket.giveAway`
   * @param full how many processes have had no room for it, this one included
   */
  offer(key: string, connection: object, full: number): void;
}
