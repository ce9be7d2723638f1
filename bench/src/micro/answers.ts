import type { ProxyHeaders } from "@balena/proxy-protocol-parser";
import type { Header, HeaderView } from "@edgekit/pp2";
import { awsVpcEndpointId } from "@edgekit/pp2";
import { IPv4ProxyAddress, IPv6ProxyAddress, V2ProxyProtocol } from "proxy-protocol-js";
import type { Answer } from "./sample.ts";

/* What each decoder found, in one form, for checking. Nothing here is timed. */

/** Of a view, for one header after the other. */
export function viewAnswers(view: HeaderView, headers: readonly Uint8Array[]): readonly (Answer | undefined)[] {
  return headers.map((header) => {
    view.decode(header);
    return viewAnswer(view);
  });
}

/** Of a view that has decoded. */
function viewAnswer(view: HeaderView): Answer | undefined {
  const source = view.sourceAddress();
  const destination = view.destinationAddress();
  const vpcEndpointId = view.awsVpcEndpointId();
  if (source === undefined || destination === undefined) return undefined;
  return {
    source: { address: source, port: view.sourcePort },
    destination: { address: destination, port: view.destinationPort },
    ...(vpcEndpointId && { vpcEndpointId }),
  };
}

export function headerAnswer(header: Header): Answer | undefined {
  const { source, destination } = header;
  const vpcEndpointId = awsVpcEndpointId(header);
  return source && destination ? { source, destination, ...(vpcEndpointId && { vpcEndpointId }) } : undefined;
}

export function balenaAnswer(headers: ProxyHeaders | null): Answer | undefined {
  if (headers === null) return undefined;
  const { remoteAddress, remotePort, localAddress, localPort } = headers;
  return {
    source: { address: remoteAddress, port: remotePort },
    destination: { address: localAddress, port: localPort },
  };
}

/** proxy-protocol-js gives addresses as arrays of bytes: those, and the ports. */
export interface NumericAnswer {
  readonly addresses: readonly number[];
  readonly ports: readonly number[];
}

export function proxyProtocolJsAnswer(header: Uint8Array): NumericAnswer | undefined {
  const { proxyAddress: found } = V2ProxyProtocol.parse(header);
  if (!(found instanceof IPv4ProxyAddress || found instanceof IPv6ProxyAddress)) return undefined;
  return {
    addresses: [...found.sourceAddress.address, ...found.destinationAddress.address],
    ports: [found.sourcePort, found.destinationPort],
  };
}

/** What that is by the header's own bytes, and the ports that were written into it. */
export function numericAnswer(header: Uint8Array, { source, destination }: Answer): NumericAnswer {
  const length = header[13] === 0x11 ? 4 : 16;
  return { addresses: [...header.subarray(16, 16 + 2 * length)], ports: [source.port, destination.port] };
}

/** Of decoders that see no TLVs. */
export function withoutId({ source, destination }: Answer): Answer {
  return { source, destination };
}
