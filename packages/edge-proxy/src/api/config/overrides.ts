import type { EdgeProxyConfig } from "./config.ts";

/** What a command line says and a config file may say too. */
export interface ConfigOverrides extends Pick<EdgeProxyConfig, "flowLog" | "stateFile" | "instances"> {
  readonly adminPort?: number;
  readonly dnsPort?: number;
}

/** The config with the command line's word put in the place of the file's. Instances are added to those of the file. */
export function overridden(config: EdgeProxyConfig, overrides: ConfigOverrides): EdgeProxyConfig {
  const { adminPort, dnsPort, instances, ...rest } = overrides;
  return {
    ...config,
    ...rest,
    ...(instances === undefined ? {} : { instances: { ...config.instances, ...instances } }),
    ...(adminPort === undefined ? {} : { admin: { ...(config.admin || {}), port: adminPort } }),
    ...(dnsPort === undefined ? {} : { dns: { ...(config.dns || {}), port: dnsPort } }),
  };
}
