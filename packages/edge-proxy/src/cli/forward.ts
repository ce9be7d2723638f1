import type { EdgeProxyConfig, TargetGroupConfig } from "../api/config/config.ts";
import { print, printError } from "./output.ts";
import type { ServeOptions } from "./run.ts";
import type { HealthOption, Place } from "./value.ts";

export interface ForwardOptions extends ServeOptions {
  readonly proxyProtocol?: boolean;
  readonly preserveClientIp?: boolean;
  readonly sticky?: boolean;
  readonly health?: HealthOption;
  readonly vpceId?: string;
  readonly endpointPort?: number;
  /** `false` with --no-admin. */
  readonly admin: boolean;
  readonly adminPort: number;
  readonly printConfig?: boolean;
}

/** `edge-proxy forward LISTEN TARGETS`, or without the word */
export async function forward(listen: Place, targets: readonly Place[], options: ForwardOptions): Promise<void> {
  const config = shortFormConfig(listen, targets, options);
  const { loadConfigObject } = await import("../api/config/load.ts");
  const { overridesOf } = await import("./overrides.ts");
  const loaded = loadConfigObject(config, overridesOf({ flowLog: options.flowLog }));
  const { vpceId, endpointPort = defaultEndpointPort(listen) } = options;
  if (vpceId !== undefined && options.proxyProtocol !== true) {
    printError("Note: the endpoint's id travels in the PROXY header, which targets get with --proxy-protocol only.\n");
  }
  if (options.printConfig === true) {
    const { stringify } = await import("yaml");
    return print(`# ${runIt}\n${stringify(config)}`);
  }
  const { serve } = await import("./run.ts");
  await serve(async () => loaded, options, { ports: vpceId === undefined ? {} : { "--endpoint-port": endpointPort } });
}

const runIt = "What the short form stands for: `edge-proxy run FILE` does the same.";

/** The config that a command line in short form stands for. */
export function shortFormConfig(listen: Place, targets: readonly Place[], options: ForwardOptions): EdgeProxyConfig {
  const { vpceId, endpointPort = defaultEndpointPort(listen) } = options;
  return {
    admin: options.admin ? { port: options.adminPort } : false,
    loadBalancers: [
      {
        name: "web",
        zones: [{ name: "local-1a", address: listen.address }],
        listeners: [{ port: listen.port, targetGroup: "app" }],
        ...(vpceId === undefined ? {} : { vpcEndpoints: [{ id: vpceId, port: endpointPort }] }),
      },
    ],
    targetGroups: [
      {
        name: "app",
        port: targets[0]?.port ?? 1,
        // AWS's own defaults would let a server that was restarted wait for two and a half minutes.
        healthCheck: {
          ...(options.health ?? { protocol: "TCP" }),
          intervalSeconds: 5,
          timeoutSeconds: 2,
          healthyThreshold: 2,
        },
        ...attributesOf(options),
        targets: targets.map(({ address, port }) => ({ id: address, port })),
      },
    ],
  };
}

function defaultEndpointPort({ port }: Place): number {
  return port === 0 ? 0 : port + 1;
}

function attributesOf(options: ForwardOptions): Pick<TargetGroupConfig, "attributes"> {
  const attributes = {
    ...(options.proxyProtocol === true ? { "proxy_protocol_v2.enabled": true } : {}),
    ...(options.preserveClientIp === true ? { "preserve_client_ip.enabled": true } : {}),
    ...(options.sticky === true ? { "stickiness.enabled": true } : {}),
  };
  return Object.keys(attributes).length === 0 ? {} : { attributes };
}
