import { randomBytes } from "node:crypto";
import type { EdgeProxyConfig } from "./api/config/config.ts";
import { Elbv2Api } from "./api/elbv2/elbv2-api.ts";
import type { StateFile } from "./api/elbv2/state-file.ts";
import { Subnets } from "./api/elbv2/subnets.ts";
import { wallClockMs } from "./clock.ts";
import type { ConfigInForce } from "./config-in-force.ts";
import type { ControlPlane } from "./control/control-plane.ts";

export interface Elbv2ApiNeeds {
  /** As it is at the start: `instances` and `subnets` do not change afterwards. */
  readonly config: EdgeProxyConfig;
  readonly inForce: ConfigInForce;
  readonly controlPlane: ControlPlane;
  /** Where a change is kept before it stands; undefined for nowhere. */
  readonly stateFile: StateFile | undefined;
}

/** The ELBv2 API over the control plane's model. */
export function createElbv2Api({ config, inForce, controlPlane, stateFile }: Elbv2ApiNeeds): Elbv2Api {
  return new Elbv2Api({
    region: () => inForce.region,
    model: () => controlPlane.model,
    change: (edit) => controlPlane.change(edit, async (model) => stateFile?.save(model)),
    host: {
      newId: () => randomBytes(8).toString("hex"),
      nowMs: wallClockMs,
      startedAtMs: wallClockMs(),
      targetHealth: (group) => controlPlane.describeTargetHealth(group),
      readyTarget: (group, target) => {
        if (controlPlane.byHand(group, target).drained) controlPlane.setByHand(group, target, { drained: false });
      },
      instances: new Map(Object.entries(config.instances ?? {})),
      subnets: new Subnets(config.subnets ?? []),
    },
  });
}
