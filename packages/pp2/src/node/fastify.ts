import type net from "node:net";
import { type ProxyInfo, proxyInfo } from "./info.ts";
import type { ProxyProtocolOptions } from "./options.ts";
import { proxyProtocol } from "./proxy-protocol.ts";

/** As much of a Fastify instance as the plugin uses, so that this package does not depend on Fastify. */
export interface FastifyLike {
  readonly server: net.Server;
  decorateRequest(name: string, property: { getter(this: object): ProxyInfo | undefined }): unknown;
  addHook(name: "onListen", hook: (this: FastifyListening, done: () => void) => void): unknown;
}

interface FastifyListening {
  readonly log: { warn(message: string): void };
  addresses(): readonly unknown[];
}

/** What the plugin adds to each Fastify request. */
export interface FastifyProxyRequest {
  /** See {@link proxyInfo}; undefined when the connection came without a header. */
  readonly proxy: ProxyInfo | undefined;
}

/**
 * A Fastify plugin (4 and 5): `request.ip` is the client's, `request.proxy` is what {@link proxyInfo} says.
 *
 * Listen on one address, as `app.listen({ host: "::" })` does. For `localhost`, which is Fastify's default, it makes a
 * second server where that name has two addresses, and plugins never see that one.
 *
 * ```ts
 * await app.register(fastifyProxyProtocol, { trusted: ["10.0.0.0/8"] });
 * ```
 */
export async function fastifyProxyProtocol(fastify: FastifyLike, options: ProxyProtocolOptions): Promise<void> {
  proxyProtocol(fastify.server, options);
  fastify.decorateRequest("proxy", {
    getter() {
      return proxyInfo(this);
    },
  });
  fastify.addHook("onListen", function (done) {
    if (this.addresses().length > 1) {
      this.log.warn("PROXY headers are expected on the first address only; listen on one address, not on localhost");
    }
    done();
  });
}

// What the package fastify-plugin would set: the decorator is for the whole application, not for an inner scope.
Object.assign(fastifyProxyProtocol, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "@edgekit/pp2",
  [Symbol.for("plugin-meta")]: { name: "@edgekit/pp2", fastify: ">=4" },
});
