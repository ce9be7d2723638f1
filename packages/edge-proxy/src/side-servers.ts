import { type AdminServer, openAdminServer } from "./api/admin/admin-server.ts";
import type { AdminView } from "./api/admin/admin-view.ts";
import type { EdgeProxyConfig } from "./api/config/config.ts";
import { defaultPorts } from "./api/config/default-ports.ts";
import type { DnsView } from "./api/dns/answer.ts";
import { type DnsServer, type DnsServerOptions, openDnsServer } from "./api/dns/dns-server.ts";
import type { InheritedSockets, SocketDescriptors } from "./inherited-sockets.ts";

/** The name of the admin server's socket among those that are handed over. */
const adminName = "admin";

/** The servers beside the listeners, as far as the config wants them: admin and DNS. */
export class SideServers {
  readonly #dnsOptions: DnsServerOptions;
  #admin: AdminServer | undefined;
  #dns: DnsServer | undefined;

  constructor(dnsOptions: DnsServerOptions) {
    this.#dnsOptions = dnsOptions;
  }

  /** Where the admin server listens. */
  get admin(): { readonly address: string; readonly port: number } | undefined {
    return this.#admin && { address: this.#admin.address, port: this.#admin.port };
  }

  /** Where the DNS server listens. */
  get dns(): { readonly address: string; readonly port: number } | undefined {
    return this.#dns;
  }

  /** The sockets that another process can inherit. DNS has none of them: its port is free when this process closes it. */
  get descriptors(): SocketDescriptors {
    const descriptor = this.#admin?.descriptor;
    return new Map(descriptor === undefined ? [] : [[adminName, [descriptor]]]);
  }

  /** @throws EdgeProxyError `EDGE_LISTEN_FAILED` */
  async openAdmin({ admin }: EdgeProxyConfig, view: AdminView, inherited: InheritedSockets | undefined): Promise<void> {
    if (admin === false) return;
    this.#admin = await openAdminServer(admin ?? {}, view, inherited?.take(adminName)[0]);
  }

  /** Does nothing where it is open already. @throws EdgeProxyError `EDGE_LISTEN_FAILED` */
  async openDns({ dns }: EdgeProxyConfig, view: DnsView): Promise<void> {
    if (!dns || this.#dns !== undefined) return;
    const { address = "127.0.0.1", port = defaultPorts.dns } = dns;
    this.#dns = await openDnsServer(address, port, view, this.#dnsOptions);
  }

  async closeAdmin(): Promise<void> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.close();
  }

  async closeDns(): Promise<void> {
    const dns = this.#dns;
    this.#dns = undefined;
    await dns?.close();
  }
}
