import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectWithHeader } from "@edgekit/pp2/node";
import { testOnlyTls } from "@edgekit/testkit";

/** The client that the tests of the examples speak for. */
export const source = { address: "198.51.100.7", port: 40001 };
export const destination = { address: "203.0.113.9", port: 443 };

/** A running example: what it exports, its server's port, and its end. */
export interface RunningExample extends AsyncDisposable {
  readonly port: number;
}

/** Runs the server of an example as `node <file>` would, on a port of the kernel's choice. */
export async function runServer(file: string): Promise<RunningExample> {
  const folder = mkdtempSync(join(tmpdir(), "edgekit-example-"));
  writeFileSync(join(folder, "key.pem"), testOnlyTls.key);
  writeFileSync(join(folder, "cert.pem"), testOnlyTls.cert);
  Object.assign(process.env, { PORT: "0", TLS_KEY: join(folder, "key.pem"), TLS_CERT: join(folder, "cert.pem") });
  const { server } = (await importExample(file)) as { server: net.Server };
  if (!server.listening) await once(server, "listening");
  return {
    port: (server.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      await closed;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Examples are JavaScript, so that `node` runs them as they are. */
export function importExample(file: string): Promise<unknown> {
  return import(new URL(file, import.meta.url).href);
}

/** A connection to an example, as the load balancer makes it for {@link source}. */
export function connectAsBalancer(port: number): Promise<net.Socket> {
  return connectWithHeader({
    host: "127.0.0.1",
    port,
    source,
    destination,
    awsVpcEndpointId: "vpce-08d2bf15fac5001c9",
  });
}
