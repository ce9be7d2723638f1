import { loadBalancerArn } from "../../../model/arn.ts";
import { defaultAttributes } from "../../../model/attribute.ts";
import { listenerAttributeTable } from "../../../model/listener-attributes.ts";
import type { Listener } from "../../../model/load-balancer.ts";
import type { Action } from "../action.ts";
import { ApiError } from "../api-error.ts";
import { withListener, withLoadBalancer } from "../edit.ts";
import { findListener, findLoadBalancer } from "../lookup.ts";
import { page } from "../paging.ts";
import type { Params } from "../params.ts";
import { listenerShape } from "../shapes/listener-shape.ts";
import { type AttributeWords, attributesShape, changedAttributes } from "./attributes.ts";
import { forwardingOf } from "./forwarding.ts";
import { tagsOf } from "./tags.ts";

const maxListeners = 50;

export const createListener: Action = ({ params, model, host }) => {
  const loadBalancer = findLoadBalancer(model, params.required("LoadBalancerArn"));
  const protocol = protocolOf(params, undefined);
  if (!params.has("Port")) throw ApiError.validation("A listener port must be specified");
  const port = params.integer("Port", { min: 1, max: 65_535 }) ?? 0;
  refuseTls(params);
  const listener: Listener = {
    id: host.newId(),
    tags: tagsOf(params),
    protocol,
    port,
    ...forwardingOf(params.list("DefaultActions"), loadBalancer, model),
    rules: [],
    attributes: defaultAttributes(listenerAttributeTable, undefined),
  };
  const known = loadBalancer.listeners.find((candidate) => candidate.port === port);
  if (known !== undefined) {
    if (settingsOf(known) !== settingsOf(listener)) throw duplicate(loadBalancerArn(loadBalancer));
    return { result: { Listeners: [listenerShape(loadBalancer, known, model)] } };
  }
  if (loadBalancer.listeners.length >= maxListeners) {
    throw new ApiError("TooManyListeners", `The maximum number of listeners per load balancer is '${maxListeners}'`);
  }
  const listeners = [...loadBalancer.listeners, listener];
  return {
    result: { Listeners: [listenerShape(loadBalancer, listener, model)] },
    model: withLoadBalancer(model, loadBalancer, { ...loadBalancer, listeners }),
  };
};

export const describeListeners: Action = ({ params, model }) => {
  const arns = params.strings("ListenerArns");
  const ofLoadBalancer = params.string("LoadBalancerArn");
  if (arns.length === 0 && ofLoadBalancer === undefined) {
    throw ApiError.validation("You must specify either listener ARNs or a load balancer ARN");
  }
  if (arns.length > 0 && ofLoadBalancer !== undefined) {
    throw ApiError.validation("Listener ARNs and a load balancer ARN cannot be specified at the same time");
  }
  const all = ofLoadBalancer === undefined ? arns.map((arn) => findListener(model, arn)) : listenersOf(ofLoadBalancer);
  const { items, NextMarker } = page(all, params);
  const shapes = items.map(({ loadBalancer, listener }) => listenerShape(loadBalancer, listener, model));
  return { result: { Listeners: shapes, NextMarker } };

  function listenersOf(arn: string) {
    const loadBalancer = findLoadBalancer(model, arn);
    return loadBalancer.listeners.map((listener) => ({ loadBalancer, listener }));
  }
};

export const modifyListener: Action = ({ params, model }) => {
  const { loadBalancer, listener } = findListener(model, params.required("ListenerArn"));
  const protocol = protocolOf(params, listener.protocol);
  const port = params.integer("Port", { min: 1, max: 65_535 }) ?? listener.port;
  refuseTls(params);
  if (loadBalancer.listeners.some((other) => other !== listener && other.port === port)) {
    throw duplicate(loadBalancerArn(loadBalancer));
  }
  const actions = params.list("DefaultActions");
  const forwarding = actions.length === 0 ? {} : forwardingOf(actions, loadBalancer, model);
  const changed = { ...listener, protocol, port, ...forwarding };
  const after = withListener(model, loadBalancer, listener, changed);
  return { result: { Listeners: [listenerShape(loadBalancer, changed, after)] }, model: after };
};

export const deleteListener: Action = ({ params, model }) => {
  const { loadBalancer, listener } = findListener(model, params.required("ListenerArn"));
  return { model: withListener(model, loadBalancer, listener, undefined) };
};

const words: AttributeWords = {
  kind: "Listener",
  duplicate: (key) => `Attribute key '${key}' has been specified more than once`,
  elsewhere: (key) =>
    key.startsWith("routing.http.") ? "The provided listener attribute is not supported" : undefined,
};

export const describeListenerAttributes: Action = ({ params, model }) => {
  const { listener } = findListener(model, params.required("ListenerArn"));
  return { result: attributesShape(listenerAttributeTable, listener.attributes) };
};

export const modifyListenerAttributes: Action = ({ params, model }) => {
  const { loadBalancer, listener } = findListener(model, params.required("ListenerArn"));
  const attributes = changedAttributes(listenerAttributeTable, listener.attributes, params, words);
  return {
    result: attributesShape(listenerAttributeTable, attributes),
    model: withListener(model, loadBalancer, listener, { ...listener, attributes }),
  };
};

/** A TCP listener has none. */
export const describeListenerCertificates: Action = ({ params, model }) => {
  findListener(model, params.required("ListenerArn"));
  return { result: { Certificates: [] } };
};

/** Adding or removing certificates. */
export const changeListenerCertificates: Action = ({ params, model }) => {
  const { listener } = findListener(model, params.required("ListenerArn"));
  throw noCertificate(listener.protocol);
};

const protocols = ["TCP", "QUIC", "TCP_QUIC", "UDP", "TCP_UDP", "TLS"];

function protocolOf(params: Params, before: "TCP" | undefined): "TCP" {
  const protocol = params.string("Protocol") ?? before;
  if (protocol === undefined) throw ApiError.validation("A listener protocol must be specified");
  if (protocol === "TCP") return protocol;
  if (!protocols.includes(protocol)) {
    throw ApiError.validation(`Listener protocol '${protocol}' must be one of '${protocols.join(", ")}'`);
  }
  throw new ApiError(
    "UnsupportedProtocol",
    `Listeners with the protocol '${protocol}' are not provided here: only TCP is`,
  );
}

function refuseTls(params: Params): void {
  if (params.list("Certificates").length > 0) throw noCertificate("TCP");
  if (params.has("SslPolicy")) {
    // AWS spells it so.
    throw ApiError.invalidConfiguration("An SSL policy cannot be specifed for TCP listeners");
  }
  if (params.strings("AlpnPolicy").length > 0) {
    throw ApiError.invalidConfiguration("An ALPN policy cannot be specified for TCP listeners");
  }
}

function noCertificate(protocol: string): ApiError {
  return ApiError.invalidConfiguration(`A certificate cannot be specified for ${protocol} listeners`);
}

function duplicate(arn: string): ApiError {
  return new ApiError("DuplicateListener", `A listener already exists on this port for this load balancer '${arn}'`);
}

/** What makes a second creation the same as the first. */
function settingsOf({ protocol, port, targetGroups, keepsGroup }: Listener): string {
  return JSON.stringify([protocol, port, targetGroups, keepsGroup]);
}
