import {
  paginateDescribeAccountLimits,
  paginateDescribeListeners,
  paginateDescribeLoadBalancers,
  paginateDescribeTargetGroups,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";
import { listenerPort, zones } from "./support/place.ts";

trackLeaks();

const names = ["one", "two", "three", "four", "five"];

async function pages<Page>(
  paginator: AsyncIterable<Page>,
  namesOf: (page: Page) => (string | undefined)[],
): Promise<unknown> {
  const sizes: number[] = [];
  const seen: (string | undefined)[] = [];
  for await (const page of paginator) {
    const found = namesOf(page);
    sizes.push(found.length);
    seen.push(...found);
  }
  return { sizes, seen: seen.sort() };
}

describe("Marker and PageSize", () => {
  it("give each load balancer once", async () => {
    await using api = await Api.start();
    for (const Name of names) await api.loadBalancer({ Name });
    const paginator = paginateDescribeLoadBalancers({ client: api.elb }, { PageSize: 2 });
    expect(await pages(paginator, (page) => (page.LoadBalancers ?? []).map((one) => one.LoadBalancerName))).toEqual({
      sizes: [2, 2, 1],
      seen: [...names].sort(),
    });
  });

  it("give each account limit once", async () => {
    await using api = await Api.start();
    const { Limits = [] } = await api.elb.describeAccountLimits({});
    const paginator = paginateDescribeAccountLimits({ client: api.elb }, { PageSize: 5 });
    expect(await pages(paginator, (page) => (page.Limits ?? []).map((one) => one.Name))).toEqual({
      sizes: [5, Limits.length - 5],
      seen: Limits.map((one) => one.Name).sort(),
    });
  });

  it("give each target group once", async () => {
    await using api = await Api.start();
    for (const Name of names) await api.targetGroup({ Name });
    const paginator = paginateDescribeTargetGroups({ client: api.elb }, { PageSize: 2 });
    expect(await pages(paginator, (page) => (page.TargetGroups ?? []).map((one) => one.TargetGroupName))).toEqual({
      sizes: [2, 2, 1],
      seen: [...names].sort(),
    });
  });

  it("give each listener once", async () => {
    await using api = await Api.start();
    const loadBalancer = await api.loadBalancer({ Subnets: [zones[0].subnetId] });
    const group = await api.targetGroup();
    for (let i = 0; i < 3; i++) await api.listener(loadBalancer, group, { Port: listenerPort + i });
    const input = { LoadBalancerArn: loadBalancer, PageSize: 2 };
    const paginator = paginateDescribeListeners({ client: api.elb }, input);
    expect(await pages(paginator, (page) => (page.Listeners ?? []).map(({ Port }) => String(Port)))).toEqual({
      sizes: [2, 1],
      seen: [0, 1, 2].map((i) => String(listenerPort + i)).sort(),
    });
  });
});
