import { Buffer } from "node:buffer";
import { type Endpoint, type HeaderTemplate, nlbTemplate } from "@edgekit/pp2";
import type { FlowSocket } from "./flow-socket.ts";
import type { Entry, Forward } from "./routes.ts";
import { unmapped } from "./unmapped.ts";

/** What a header is made from; a `Flow` has it all. */
export interface HeaderFacts {
  readonly entry: Pick<Entry, "address" | "port" | "vpcEndpointId">;
  readonly forward: Pick<Forward, "proxyHeader">;
  readonly clientAddress: string;
  readonly clientPort: number;
  /** The client's connection, on this side. */
  readonly client: Pick<FlowSocket, "socketName">;
}

/**
 * Writes the PROXY headers of flows, byte for byte an NLB's: the source is the client, the destination the address that the
 * client connected to, which for PrivateLink is the endpoint's. The part that does not change from flow to flow is computed
 * once for each endpoint.
 */
export class HeaderWriter {
  /** By the VPC endpoint's id. */
  readonly #templates = {
    INET: new Map<string | undefined, HeaderTemplate>(),
    INET6: new Map<string | undefined, HeaderTemplate>(),
  };

  /** The header of a flow, or undefined where its target gets none. */
  write(flow: HeaderFacts): Uint8Array | undefined {
    if (flow.forward.proxyHeader === "none") return undefined;
    const destination = destinationOf(flow);
    if (destination === undefined) return undefined;
    const source = { address: flow.clientAddress, port: flow.clientPort };
    const family = source.address.includes(":") || destination.address.includes(":") ? "INET6" : "INET";
    const template = this.#template(family, flow.entry.vpcEndpointId);
    // From Node's buffer pool: an allocation of its own would cost more than writing the header.
    const header = Buffer.allocUnsafe(template.length);
    template.encodeInto(header, 0, source, destination);
    return header;
  }

  #template(family: "INET" | "INET6", awsVpcEndpointId: string | undefined): HeaderTemplate {
    const templates = this.#templates[family];
    const known = templates.get(awsVpcEndpointId);
    if (known !== undefined) return known;
    const template = nlbTemplate({ family, ...(awsVpcEndpointId === undefined ? {} : { awsVpcEndpointId }) });
    templates.set(awsVpcEndpointId, template);
    return template;
  }
}

/** What the client connected to. Only where the config leaves that open is the socket asked, which costs a system call. */
function destinationOf({ entry, client }: HeaderFacts): Endpoint | undefined {
  const { address, port } = entry;
  if (port !== 0 && address !== "0.0.0.0" && address !== "::") return { address, port };
  const name = client.socketName();
  return name && { address: unmapped(name.address), port: name.port };
}
