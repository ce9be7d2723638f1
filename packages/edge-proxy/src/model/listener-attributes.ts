import { type AttributeTable, integer } from "./attribute.ts";

/** The attributes of a TCP listener. Source: AWS, "TCP idle timeout" of the Network Load Balancer guide. */
export interface ListenerAttributes {
  /** `tcp.idle_timeout.seconds`, 60–6000, default 350: a flow without a byte for so long is forgotten. */
  readonly idleTimeoutSeconds: number;
}

export const listenerAttributeTable: AttributeTable<ListenerAttributes, undefined> = {
  idleTimeoutSeconds: integer("tcp.idle_timeout.seconds", { min: 60, max: 6000, default: 350 }),
};
