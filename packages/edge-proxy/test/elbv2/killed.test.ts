import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectTo, listenOn } from "@edgekit/testkit";
import { XMLParser } from "fast-xml-parser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEdgeProxy } from "../../src/index.ts";
import { Cli } from "../support/cli.ts";
import { firstBytes } from "./support/flow.ts";
import { ownPort } from "./support/place.ts";
import { element, type Fields, query } from "./support/query.ts";
import { randomFrom } from "./support/random.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgekit-state-"));
});

afterAll(() => rm(folder, { recursive: true }));

interface Running extends AsyncDisposable {
  readonly cli: Cli;
  readonly url: string;
}

/** `edge-proxy run` in a process of its own, with a state file and no config. */
async function run(stateFile: string): Promise<Running> {
  const cli = new Cli("run", "--json", "--admin-port", "0", "--state", stateFile);
  const [, address = "", port = ""] = await cli.prints(/"admin":\s*\{\s*"address":\s*"([^"]+)",\s*"port":\s*(\d+)/);
  return { cli, url: `http://${address}:${port}/`, [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose]() };
}

/** CreateTargetGroup. @returns its ARN, or undefined when nobody answered */
async function arnOf(url: string, name: string): Promise<string | undefined> {
  const fields = {
    Action: "CreateTargetGroup",
    Name: name,
    Protocol: "TCP",
    Port: "80",
    VpcId: "vpc-0",
    TargetType: "ip",
  };
  const answer = await query(url, fields).catch(() => undefined);
  return answer?.status === 200 ? element(answer.body, "TargetGroupArn") : undefined;
}

/** Turns of the event loop: some moment between a call and its answer, or a little later. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The names and ARNs of all target groups. */
async function described(url: string): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  for (let marker: string | undefined = ""; marker !== undefined; ) {
    const { body } = await query(url, { Action: "DescribeTargetGroups", Marker: marker });
    const parser = new XMLParser({ isArray: (name) => name === "member" });
    const { TargetGroups } = parser.parse(body).DescribeTargetGroupsResponse.DescribeTargetGroupsResult;
    for (const { TargetGroupName, TargetGroupArn } of TargetGroups.member ?? [])
      groups.set(TargetGroupName, TargetGroupArn);
    marker = element(body, "NextMarker");
  }
  return groups;
}

const deaths = 8;

describe("SIGKILL while the API is being called", () => {
  it("loses no call that was answered, and ARNs stay the same", async () => {
    const stateFile = join(folder, "state.json");
    const random = randomFrom(7);
    const answered = new Map<string, string>();
    let made = 0;
    for (let death = 1; death <= deaths; death++) {
      await using running = await run(stateFile);
      const found = await described(running.url);
      expect(found, `before death ${death}`).toEqual(new Map([...found, ...answered]));
      // The call that nobody answered was done or not; nothing else is there.
      expect(found.size - answered.size).toBeLessThanOrEqual(1);
      for (const [name, arn] of found) answered.set(name, arn);
      const lastCall = made + 1 + Math.floor(random() * 8);
      while (made < lastCall) {
        const name = `group-${++made}`;
        const answer = arnOf(running.url, name);
        if (made === lastCall) {
          await turns(Math.floor(random() * 60));
          running.cli.process.kill("SIGKILL");
        }
        const arn = await answer;
        if (arn !== undefined) answered.set(name, arn);
      }
      await running.cli.exit();
    }
    expect(answered.size).toBeGreaterThan(deaths);
    const whole = await readFile(stateFile);
    // Without its last line feed it is still whole.
    for (let length = 0; length < whole.length - 1; length += Math.ceil(whole.length / 50)) {
      const torn = whole.subarray(0, length);
      await writeFile(stateFile, torn);
      const start = createEdgeProxy({ admin: false, stateFile }).start();
      await expect(start, `cut after ${length} bytes`).rejects.toMatchObject({ code: "EDGE_STATE_UNUSABLE" });
      expect(await readFile(stateFile)).toEqual(torn);
    }
  }, 60_000);

  it("does not keep a listener of the API from carrying traffic after the restart", async () => {
    const stateFile = join(folder, "listener.json");
    await using target = await listenOn("127.0.0.1", (socket) => socket.pipe(socket));
    const call = async (url: string, wanted: string, fields: Fields): Promise<string> => {
      const { status, body } = await query(url, fields);
      expect(status, body).toBe(200);
      return element(body, wanted) ?? "";
    };
    const first = await run(stateFile);
    await using _ = first;
    const loadBalancer = await call(first.url, "LoadBalancerArn", {
      Action: "CreateLoadBalancer",
      Name: "web",
      Type: "network",
      "Subnets.member.1": "subnet-0123456789abcdef0",
    });
    const group = (await arnOf(first.url, "app")) ?? "";
    const listener = await call(first.url, "ListenerArn", {
      Action: "CreateListener",
      LoadBalancerArn: loadBalancer,
      Protocol: "TCP",
      Port: String(ownPort),
      "DefaultActions.member.1.Type": "forward",
      "DefaultActions.member.1.TargetGroupArn": group,
    });
    await call(first.url, "", {
      Action: "RegisterTargets",
      TargetGroupArn: group,
      "Targets.member.1.Id": "127.0.0.1",
      "Targets.member.1.Port": String(target.port),
    });
    first.cli.process.kill("SIGKILL");
    await first.cli.exit();
    await using second = await run(stateFile);
    const fields = { Action: "DescribeListeners", "ListenerArns.member.1": listener };
    expect(await call(second.url, "Port", fields)).toBe(String(ownPort));
    const client = await connectTo(ownPort);
    client.write("here again");
    expect(String(await firstBytes(client))).toBe("here again");
    client.destroy();
  });
});
