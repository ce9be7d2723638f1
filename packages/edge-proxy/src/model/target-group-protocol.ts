/**
 * What an NLB's target groups may speak. Listeners here are TCP listeners, which go with the first three; groups of the others can
 * be made and described, and no listener can use them.
 */
export const targetGroupProtocols = ["TCP", "TCP_UDP", "TCP_QUIC", "TLS", "UDP", "QUIC"] as const;
export type TargetGroupProtocol = (typeof targetGroupProtocols)[number];

/** Whether a TCP listener may send to a group. Source: AWS, "Listener configuration". */
export function goesWithTcpListener(protocol: TargetGroupProtocol): boolean {
  return protocol === "TCP" || protocol === "TCP_UDP" || protocol === "TCP_QUIC";
}
