import { PP2_TYPE_GCP } from "./constants.ts";
import type { TlvSource } from "./tlv.ts";

/**
 * Id of the Google Cloud Private Service Connect connection: a u64, which does not fit a number; undefined when the
 * header has none. Other senders use type 0xE0 for things of their own, so ask only behind Google's load balancers.
 */
export function gcpPscConnectionId(header: TlvSource): bigint | undefined {
  const value = header.tlv(PP2_TYPE_GCP);
  if (value?.length !== 8) return undefined;
  return new DataView(value.buffer, value.byteOffset).getBigUint64(0);
}
