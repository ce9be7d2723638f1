import { hasCommand, trackLeaks, until, unusedPort } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { request } from "./support/http.ts";
import { logged, startNginx } from "./support/nginx.ts";
import { startInFrontOf } from "./support/nlb.ts";

trackLeaks();

describe.skipIf(!hasCommand("nginx"))("needs nginx: a real target behind the edge proxy", () => {
  it("knows the client's address and port from our header, and logs them", async () => {
    const port = await unusedPort();
    await using nginx = await startNginx(
      `server {
         listen 127.0.0.1:${port} proxy_protocol;
         return 200 "$proxy_protocol_addr:$proxy_protocol_port\\n";
       }`,
      port,
    );
    await using web = await startInFrontOf(port);
    for (const through of [web.port, web.endpointPort]) {
      const { status, body, localPort } = await request(through);
      expect([status, body]).toEqual([200, `127.0.0.1:${localPort}\n`]);
      await logged(nginx, new RegExp(`client=127\\.0\\.0\\.1:${localPort} server=${through} `));
    }
  });

  it("passes a health check that carries the NLB's LOCAL header", async () => {
    const port = await unusedPort();
    await using nginx = await startNginx(`server { listen 127.0.0.1:${port} proxy_protocol; return 200 "ok"; }`, port);
    await using web = await startInFrontOf(port, "HTTP");
    await logged(nginx, /"GET \/ HTTP\/1\.1" 200 "ELB-HealthChecker\/2\.0"/);
    await until(() => web.nlb.describeTargetHealth("app")[0]?.TargetHealth.State === "healthy", "a healthy target");
  });
});
