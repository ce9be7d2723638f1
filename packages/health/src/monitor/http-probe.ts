import type net from "node:net";
import tls from "node:tls";
import { Client, type Dispatcher } from "undici";
import { connectionResult, dial } from "./dial.ts";
import { parseMatcher } from "./matcher.ts";
import type { ProbeRequest, ProbeResult } from "./probe.ts";
import { targetKey } from "./target.ts";

/** How much of a body is read; a longer one does not fail the check. */
export const BODY_LIMIT_BYTES = 65_536;

/**
 * GET over a socket of its own. The status decides, once the body has ended or its first 64 KiB have come; no redirect is
 * followed. HTTPS accepts any certificate and speaks TLS 1.2, as an NLB's checks do.
 * Source: NLB user guide, "Health checks", protocols HTTP and HTTPS.
 */
export async function httpProbe(request: ProbeRequest): Promise<ProbeResult> {
  const { address, port, check } = request;
  const isTls = check.protocol === "HTTPS";
  const origin = `${isTls ? "https" : "http"}://${targetKey({ id: address, port })}`;
  const socket = dial(request);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  // undici keeps no time here: the monitor's clock does, and aborts. Of several callbacks it takes the first.
  const client = new Client(origin, {
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_options, callback) => {
      // undici dials again when a connection ends before the request is out; a probe has one socket and no second try.
      if (socket.destroyed) {
        callback(new Error("closed before it answered"), null);
        return;
      }
      const secured = isTls ? secure(socket) : socket;
      secured.once("error", (error) => callback(error, null));
      socket.once("close", () => callback(new Error("closed before it answered"), null));
      secured.once(isTls ? "secureConnect" : "connect", () => callback(null, secured));
    },
  });
  try {
    const status = await readStatus(client, check.path, check.host ?? targetKey({ id: address, port }));
    const detail = `HTTP ${status}`;
    if (parseMatcher(check.matcher)(status)) return { outcome: "ok", detail };
    return { outcome: "failed", failure: "code-mismatch", detail, certain: true };
  } catch (error) {
    return connectionResult(error as NodeJS.ErrnoException);
  } finally {
    socket.destroy();
    await client.destroy();
    await closed;
  }
}

function secure(socket: net.Socket): tls.TLSSocket {
  return tls.connect({
    socket,
    rejectUnauthorized: false,
    // A target that speaks nothing older than TLS 1.3 fails an NLB's check.
    maxVersion: "TLSv1.2",
    ALPNProtocols: ["http/1.1"],
  });
}

function readStatus(client: Client, path: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let bodyBytes = 0;
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {},
      onResponseStart(_controller, statusCode) {
        if (statusCode >= 200) status = statusCode;
      },
      onResponseData(controller, chunk) {
        bodyBytes += chunk.length;
        if (bodyBytes < BODY_LIMIT_BYTES) return;
        resolve(status);
        controller.abort(new Error("read enough of the body"));
      },
      onResponseEnd() {
        resolve(status);
      },
      onResponseError(_controller, error) {
        reject(error);
      },
    };
    client.dispatch(
      { method: "GET", path, reset: true, headers: { host, "user-agent": "ELB-HealthChecker/2.0" } },
      handler,
    );
  });
}
