import { trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { actionRows } from "./parity/actions.ts";
import { Api } from "./support/api.ts";
import { element, post, query } from "./support/query.ts";

trackLeaks();

const namespace = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";
const requestId = /<RequestId>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}<\/RequestId>/;

function signedFor(region: string): string {
  return `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/${region}/elasticloadbalancing/aws4_request, SignedHeaders=host, Signature=0`;
}

describe("an answer on the wire", () => {
  it("is XML in AWS's namespace with the action's name and a request id", async () => {
    await using api = await Api.start();
    const answer = await api.query({
      Action: "CreateTargetGroup",
      Name: "app",
      Protocol: "TCP",
      Port: "80",
      VpcId: "vpc-1",
    });
    expect(answer.status).toBe(200);
    expect(answer.contentType).toMatch(/^text\/xml\b/);
    const body = answer.body.replace(/^<\?xml[^>]*>\s*/, "");
    expect(body).toMatch(
      new RegExp(
        `^<CreateTargetGroupResponse xmlns="${namespace}">\\s*<CreateTargetGroupResult>\\s*<TargetGroups>\\s*<member>` +
          ".*</member>\\s*</TargetGroups>\\s*</CreateTargetGroupResult>\\s*<ResponseMetadata>",
        "s",
      ),
    );
    expect(answer.body).toMatch(requestId);
  });

  it("has a result element even when there is nothing to say", async () => {
    await using api = await Api.start();
    const { body } = await api.query({
      Action: "CreateTargetGroup",
      Name: "app",
      Protocol: "TCP",
      Port: "80",
      VpcId: "vpc-1",
    });
    const arn = element(body, "TargetGroupArn") ?? "";
    const answer = await api.query({ Action: "DeleteTargetGroup", TargetGroupArn: arn });
    expect(answer.body).toMatch(/<DeleteTargetGroupResult(\s*\/>|><\/DeleteTargetGroupResult>)/);
  });

  it("to a wrong call is an ErrorResponse of the sender's making, with status 400", async () => {
    await using api = await Api.start();
    const arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/none/0123456789abcdef";
    const answer = await api.query({ Action: "DescribeTargetHealth", TargetGroupArn: arn });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`<ErrorResponse xmlns="${namespace}">`);
    expect(element(answer.body, "Type")).toBe("Sender");
    expect(element(answer.body, "Code")).toBe("TargetGroupNotFound");
    expect(element(answer.body, "Message")).toBe("One or more target groups not found");
    expect(answer.body).toMatch(requestId);
  });

  it("escapes what a client has sent", async () => {
    await using api = await Api.start();
    const answer = await api.query({ Action: "<script>&\"'" });
    expect(answer.status).toBe(400);
    expect(answer.body).not.toContain("<script>");
  });
});

describe("a call", () => {
  it("of an action or a version that does not exist is InvalidAction", async () => {
    await using api = await Api.start();
    for (const fields of [{ Action: "MakeCoffee" }, { Action: "DescribeLoadBalancers", Version: "2012-06-01" }]) {
      const answer = await api.query(fields);
      expect(answer.status).toBe(400);
      expect(element(answer.body, "Code")).toBe("InvalidAction");
    }
  });

  it("of an action that is not provided is InvalidAction", async () => {
    await using api = await Api.start();
    const missing = actionRows.filter(({ verdict }) => verdict === "not provided");
    expect(missing.length).toBeGreaterThan(0);
    for (const { what } of missing) {
      const answer = await api.query({ Action: what });
      expect([answer.status, element(answer.body, "Code")], what).toEqual([400, "InvalidAction"]);
    }
  });

  it("of an action that is provided is not, whatever else is missing", async () => {
    await using api = await Api.start();
    for (const { what } of actionRows.filter(({ verdict }) => verdict !== "not provided")) {
      const answer = await api.query({ Action: what });
      expect([200, 400], what).toContain(answer.status);
      expect(element(answer.body, "Code"), what).not.toBe("InvalidAction");
    }
  });

  it("without an action is refused", async () => {
    await using api = await Api.start();
    for (const body of ["", "a", "Version=2015-12-01", "\0\0", "Action=", "%", "&&=&"]) {
      const answer = await post(api.url, body);
      expect(answer.status).toBe(400);
      expect(element(answer.body, "Code")).toMatch(/^(MissingAction|InvalidAction)$/);
    }
  });

  it("may have any signature, or none", async () => {
    await using api = await Api.start();
    const answers = [
      await api.query({ Action: "DescribeLoadBalancers" }, { authorization: signedFor("us-east-1") }),
      await api.query({ Action: "DescribeLoadBalancers" }, { authorization: "nonsense" }),
      await api.query({ Action: "DescribeLoadBalancers" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it.each([
    ["us-east-1", "Z26RNL4JYFTOTI"],
    ["us-east-2", "ZLMOA37VPKANP"],
    ["us-west-1", "Z24FKFUX50B4VW"],
  ])("that is signed for %s makes things in that region", async (region, hostedZone) => {
    await using api = await Api.start();
    const fields = {
      Action: "CreateLoadBalancer",
      Name: "web",
      Type: "network",
      "Subnets.member.1": "subnet-0123456789abcdef0",
    };
    const { body } = await api.query(fields, { authorization: signedFor(region) });
    expect(element(body, "LoadBalancerArn")).toContain(`arn:aws:elasticloadbalancing:${region}:`);
    expect(element(body, "DNSName")).toMatch(new RegExp(`^web-[0-9a-f]{16}\\.elb\\.${region}\\.amazonaws\\.com$`));
    expect(element(body, "CanonicalHostedZoneId")).toBe(hostedZone);
    expect(element(body, "ZoneName")).toMatch(new RegExp(`^${region}[a-z]$`));
  });

  it("that is larger than any real one is refused, and the next one is answered", async () => {
    await using api = await Api.start();
    const body = `Action=DescribeLoadBalancers&Version=2015-12-01&X=${"x".repeat(8 << 20)}`;
    expect((await post(api.url, body)).status).toBe(413);
    const large = api.elb.describeLoadBalancers({ Names: ["x".repeat(2 << 20)] });
    await expect(large).rejects.toMatchObject({ name: "RequestEntityTooLarge", message: /at most$/ });
    expect((await api.query({ Action: "DescribeLoadBalancers" })).status).toBe(200);
  });

  it("that comes through another host name is refused: a browser may have been tricked into it", async () => {
    await using api = await Api.start();
    const answer = await api.query({ Action: "DescribeLoadBalancers" }, { host: "evil.example:80" });
    expect([answer.status, element(answer.body, "Code")]).toEqual([403, "AccessDenied"]);
  });
});

describe("on the same port", () => {
  it("STS answers GetCallerIdentity", async () => {
    await using api = await Api.start();
    const answer = await query(api.url, { Action: "GetCallerIdentity", Version: "2011-06-15" });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">');
    const account = element(answer.body, "Account") ?? "";
    expect(account).toMatch(/^\d{12}$/);
    expect(element(answer.body, "Arn")).toMatch(new RegExp(`^arn:aws:(iam|sts)::${account}:`));
    expect(element(answer.body, "UserId")).toBeTruthy();
  });

  it("EC2's network interfaces, which Terraform asks for after a deletion, are none or an error that ends at once", async () => {
    await using api = await Api.start();
    const fields = { Action: "DescribeNetworkInterfaces", Version: "2016-11-15" };
    const answer = await query(api.url, fields);
    expect(answer.status === 400 || (answer.status === 200 && !answer.body.includes("<item>"))).toBe(true);
  });
});

describe("the account's own answers", () => {
  it("DescribeAccountLimits has the quotas of Network Load Balancers", async () => {
    await using api = await Api.start();
    const { Limits = [] } = await api.elb.describeAccountLimits({});
    const limits = Object.fromEntries(Limits.map(({ Name, Max }) => [Name, Max]));
    expect(limits).toMatchObject({
      "network-load-balancers": "50",
      "listeners-per-network-load-balancer": "50",
      "target-groups": "3000",
    });
  });

  it("DescribeSSLPolicies has none, as there are no TLS listeners", async () => {
    await using api = await Api.start();
    expect((await api.elb.describeSSLPolicies({})).SslPolicies ?? []).toEqual([]);
  });

  it("DescribeCapacityReservation, which Terraform asks for, has none", async () => {
    await using api = await Api.start();
    const answer = await api.elb.describeCapacityReservation({ LoadBalancerArn: await api.loadBalancer() });
    expect(answer.MinimumLoadBalancerCapacity).toBeUndefined();
  });
});
