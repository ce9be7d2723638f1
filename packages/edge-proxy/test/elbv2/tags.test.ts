import { trackLeaks } from "@edgekit/testkit";
import { describe, expect, it } from "vitest";
import { Api } from "./support/api.ts";

trackLeaks();

describe("tags", () => {
  it("AddTags sets and overwrites, RemoveTags takes away, DescribeTags gives those of each resource in turn", async () => {
    await using api = await Api.start();
    const [loadBalancer, group] = [await api.loadBalancer(), await api.targetGroup()];
    const listener = await api.listener(loadBalancer, group);
    const all = [loadBalancer, group, listener];
    const tags = async (): Promise<unknown> =>
      (await api.elb.describeTags({ ResourceArns: all })).TagDescriptions?.map(({ ResourceArn, Tags = [] }) => [
        ResourceArn,
        Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
      ]);
    expect(await tags()).toEqual(all.map((arn) => [arn, {}]));
    const add = (Key: string, Value: string): Promise<unknown> =>
      api.elb.addTags({ ResourceArns: all, Tags: [{ Key, Value }] });
    await add("team", "edge");
    await add("stage", "test");
    await add("team", "<net> & 'edge'");
    expect(await tags()).toEqual(all.map((arn) => [arn, { team: "<net> & 'edge'", stage: "test" }]));
    await api.elb.removeTags({ ResourceArns: all, TagKeys: ["stage", "never there"] });
    expect(await tags()).toEqual(all.map((arn) => [arn, { team: "<net> & 'edge'" }]));
  });

  it("given at creation are there", async () => {
    await using api = await Api.start();
    const Tags = [{ Key: "team", Value: "edge" }];
    const loadBalancer = await api.loadBalancer({ Tags });
    const group = await api.targetGroup({ Tags });
    const listener = await api.listener(loadBalancer, group, { Tags });
    const { TagDescriptions } = await api.elb.describeTags({ ResourceArns: [loadBalancer, group, listener] });
    expect(TagDescriptions?.map((description) => description.Tags)).toEqual([Tags, Tags, Tags]);
  });
});
