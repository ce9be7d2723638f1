/** Where the servers beside the listeners are, unless the config says otherwise. */
export const defaultPorts = { admin: 9901, dns: 10_053 } as const;
