/** Where the names of load balancers can be looked up. */
export interface DnsAt {
  readonly address: string;
  /** Of UDP and TCP; the real one, also where the config says 0. */
  readonly port: number;
  /** Of the load balancers, in the config's order. Behind the name of a zone and a dot each is the zonal name. */
  readonly names: readonly string[];
}
