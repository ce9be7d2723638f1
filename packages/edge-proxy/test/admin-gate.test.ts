import { connect } from "node:net";
import { collect, listenOn, trackLeaks, withDeadline } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { createEdgeProxy } from "../src/index.ts";
import { ask } from "./support/admin.ts";
import { startNlb, type TestNlb } from "./support/nlb.ts";

trackLeaks();

const token = "a-token-for-tests_01";
const drain = (port: number): string => `/api/target-groups/app/targets/127.0.0.1:${port}/drain`;

function adminPort({ nlb }: TestNlb): number {
  return nlb.admin?.port ?? 0;
}

describe("an admin server without a token", () => {
  it.each([
    "evil.example",
    "evil.example:9901",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.1:9901",
    " ",
  ])("refuses the Host %j: a name that leads here may be anybody's", async (host) => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    const port = adminPort(web);
    for (const path of ["/", "/healthz", "/api/state", "/nothing"]) {
      expect((await ask(port, path, { headers: { host } })).status).toBe(403);
    }
    expect((await ask(port, drain(target.port), { method: "POST", headers: { host } })).status).toBe(403);
    expect(web.nlb.describeTargetHealth("app")[0]?.TargetHealth.State).not.toBe("draining");
  });

  it.each(["localhost", "LOCALHOST:9901", "127.0.0.1", "127.8.9.10:80", "[::1]:9901"])(
    "answers as %s",
    async (host) => {
      await using web = await startNlb({ targets: [], admin: { port: 0 } });
      expect((await ask(adminPort(web), "/healthz", { headers: { host } })).status).toBe(200);
    },
  );

  it("refuses a request without a Host", async () => {
    await using web = await startNlb({ targets: [], admin: { port: 0 } });
    const client = connect({ host: "127.0.0.1", port: adminPort(web) });
    client.write("GET /api/state HTTP/1.0\r\n\r\n");
    const { bytes } = await withDeadline(collect(client), "the answer");
    expect(bytes.toString()).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each([
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "http://evil.example" },
    { origin: "http://127.0.0.1:1" },
    { origin: "null" },
    { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
  ])("refuses a POST that a page elsewhere has sent: %j", async (headers) => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    for (const path of [drain(target.port), "/"]) {
      const answer = await ask(adminPort(web), path, { method: "POST", headers });
      expect(answer.status).toBe(403);
      expect(answer.body).toMatch(
        /^(\{\n {2}"error": "|<\?xml .*<Message>)a page of another origin may not change anything here["<]/s,
      );
    }
    expect(web.nlb.describeTargetHealth("app")[0]?.TargetHealth.State).not.toBe("draining");
  });

  it("takes a POST from its own page, and from what is no browser", async () => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    const port = adminPort(web);
    const own = { origin: `http://127.0.0.1:${port}`, "sec-fetch-site": "same-origin" };
    expect((await ask(port, drain(target.port), { method: "POST", headers: own })).status).toBe(200);
    expect((await ask(port, drain(target.port), { method: "POST" })).status).toBe(200);
  });

  it.each(["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])("changes nothing by %s", async (method) => {
    await using target = await listenOn();
    await using web = await startNlb({ targets: [target], admin: { port: 0 } });
    const port = adminPort(web);
    const path = `/api/target-groups/app/targets/127.0.0.1:${target.port}`;
    for (const action of ["drain", "ready", "force?result=unhealthy"]) {
      const { status, headers } = await ask(port, `${path}/${action}`, { method });
      expect(status).toBe(405);
      expect(headers.allow).toBe("POST");
    }
    expect(web.nlb.state().targetGroups[0]?.targets[0]?.byHand).toEqual({ drained: false, forced: null });
  });

  it("cannot listen where other machines reach it", () => {
    for (const address of ["0.0.0.0", "::", "192.0.2.1", "10.0.0.1"]) {
      expect(() => createEdgeProxy({ admin: { address } })).toThrow(
        `admin.address: 'address' must be a loopback address (127.0.0.0/8 or ::1) unless admin.token is set: ` +
          `without one the admin server asks nobody who they are, but was '${address}'`,
      );
    }
  });
});

describe("an admin server with a token", () => {
  const start = (): Promise<TestNlb> => startNlb({ targets: [], admin: { address: "0.0.0.0", port: 0, token } });

  it("may listen anywhere, answers under any name, and asks for the token", async () => {
    await using web = await start();
    const port = adminPort(web);
    const host = "edge.example:9901";
    for (const path of ["/", "/assets/page.js", "/metrics", "/api/state", "/api/flows", "/nothing"]) {
      const refused = await ask(port, path, { headers: { host } });
      expect(refused.status).toBe(401);
      expect(refused.headers["www-authenticate"]).toBe('Bearer realm="edge-proxy"');
      expect(refused.body).not.toContain(token);
    }
    const answer = await ask(port, "/api/state", { headers: { host, authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toContain(token);
  });

  it.each([
    "",
    "Bearer",
    "Bearer ",
    "Bearer x",
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Basic ${token}`,
    token,
    `AWS4-HMAC-SHA256 Credential=${token}/20261123/us-east-1/elasticloadbalancing/aws4_request`,
  ])("refuses the Authorization %j", async (authorization) => {
    await using web = await start();
    expect((await ask(adminPort(web), "/api/state", { headers: { authorization } })).status).toBe(401);
    const path = "/api/target-groups/app/targets/127.0.0.1:1/drain";
    expect((await ask(adminPort(web), path, { method: "POST", headers: { authorization } })).status).toBe(401);
  });

  it("tells probes without a token whether it lives and is ready", async () => {
    await using web = await start();
    expect((await ask(adminPort(web), "/healthz")).status).toBe(200);
    expect((await ask(adminPort(web), "/ready")).status).toBe(200);
  });

  it("takes it as the access key id of an AWS client, for the ELBv2 API alone", async () => {
    await using web = await start();
    const port = adminPort(web);
    const call = (credential: string) => ({
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}/20261123/us-east-1/elasticloadbalancing/aws4_request, SignedHeaders=host, Signature=00`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "Action=DescribeTargetGroups&Version=2015-12-01",
    });
    const answer = await ask(port, "/", call(token));
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("<TargetGroupName>app</TargetGroupName>");
    const refused = await ask(port, "/", call("AKIAIOSFODNN7EXAMPLE"));
    expect([refused.status, refused.headers["content-type"]]).toEqual([401, "text/xml"]);
    expect(refused.body).toContain("<Code>InvalidClientTokenId</Code>");
    expect(refused.body).toContain("as the access key id of an AWS client");
    expect((await ask(port, "/api/reload", call(token))).status).toBe(401);
  });

  it("gives a browser a cookie for the link with the token, and takes the token out of the address bar", async () => {
    await using web = await start();
    const port = adminPort(web);
    const { status, headers } = await ask(port, `/?token=${token}`);
    expect(status).toBe(303);
    expect(headers.location).toBe("/");
    const [cookie = ""] = headers["set-cookie"] ?? [];
    expect(cookie).toMatch(new RegExp(`^edge_proxy_${port}=[A-Za-z0-9_-]{32}; HttpOnly; SameSite=Strict; Path=/$`));
    expect(cookie).not.toContain(token);
    const withCookie = { cookie: `other=1; ${cookie.split(";")[0]}` };
    expect((await ask(port, "/", { headers: withCookie })).status).toBe(200);
    expect((await ask(port, "/api/state", { headers: withCookie })).status).toBe(200);
    const foreign = { ...withCookie, origin: "http://evil.example" };
    expect((await ask(port, "/api/target-groups/a/targets/b/drain", { method: "POST", headers: foreign })).status).toBe(
      403,
    );
  });

  it("gives no cookie for another token, nor for one in another place", async () => {
    await using web = await start();
    const port = adminPort(web);
    expect((await ask(port, "/?token=wrong")).status).toBe(401);
    expect((await ask(port, `/api/state?token=${token}`)).status).toBe(401);
    expect((await ask(port, "/", { headers: { cookie: `edge_proxy_${port}=${token}` } })).status).toBe(401);
    expect((await ask(port, `/?token=${token}`, { method: "POST" })).status).toBe(401);
  });

  it.each(["short", "with a blank in it ....", "slash/slash/slash/slash", "x".repeat(129)])(
    "does not start with the token %j",
    (bad) => {
      expect(() => createEdgeProxy({ admin: { token: bad } })).toThrow(
        /^admin\.token: the token must be 16 to 128 letters, digits, '_' or '-'$/,
      );
    },
  );
});
