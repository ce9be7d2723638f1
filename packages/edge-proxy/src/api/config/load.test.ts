import { describe, expect, it } from "vitest";
import { tempFile } from "../../../test/support/temp-file.ts";
import { EdgeProxyError } from "../../error.ts";
import { loadConfigFile, loadConfigObject, parseYamlConfig } from "./load.ts";

/** The problems of a config, without the quoted source lines. */
function problemsOf(text: string): string[] {
  try {
    parseYamlConfig(text, "nlb.yaml");
  } catch (error) {
    if (error instanceof EdgeProxyError && error.code === "EDGE_CONFIG_INVALID") {
      return error.problems.map((problem) => problem.split("\n")[0] ?? "");
    }
    throw error;
  }
  return [];
}

const valid = `
loadBalancers:
  - name: web
    listeners:
      - port: 8080
        targetGroup: app
targetGroups:
  - name: app
    port: 3000
    targets:
      - id: 127.0.0.1
`;

/** The valid config with one line replaced. */
function withLine(line: string, ...replacement: string[]): string {
  expect(valid).toContain(`\n${line}\n`);
  return valid.replace(`${line}\n`, `${replacement.join("\n")}\n`);
}

describe("a config file", () => {
  it("may be empty: everything has a default", () => {
    for (const text of ["", "# nothing yet\n", "{}"]) {
      expect(parseYamlConfig(text, "nlb.yaml").model).toEqual({ loadBalancers: [], targetGroups: [] });
    }
  });

  it("is filled in with AWS's defaults", () => {
    const { model, warnings } = parseYamlConfig(valid, "nlb.yaml");
    expect(warnings).toEqual([]);
    expect(model.loadBalancers[0]?.zones).toMatchObject([{ name: "local-1a", address: "127.0.0.1" }]);
    expect(model.loadBalancers[0]?.listeners[0]?.attributes.idleTimeoutSeconds).toBe(350);
    const group = model.targetGroups[0];
    expect(group?.healthCheck).toEqual({
      protocol: "TCP",
      port: "traffic-port",
      path: null,
      intervalSeconds: 30,
      timeoutSeconds: 10,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
      matcher: null,
    });
    expect(group?.attributes).toMatchObject({
      deregistrationDelaySeconds: 300,
      preserveClientIp: false,
      proxyProtocolV2: false,
      headerPlacement: "on_first_ack_with_payload",
      stickiness: false,
      terminateOnUnhealthy: true,
      unhealthyDrainingSeconds: 0,
    });
    expect(group?.targets).toEqual([{ id: "127.0.0.1", address: "127.0.0.1", port: 3000, zone: "all" }]);
  });

  it("takes attribute values as booleans, numbers or strings, as Terraform and the AWS CLI write them", () => {
    const lines = [
      "    port: 3000",
      "    attributes:",
      '      proxy_protocol_v2.enabled: "true"',
      "      deregistration_delay.timeout_seconds: 0",
    ];
    expect(
      parseYamlConfig(withLine("    port: 3000", ...lines), "nlb.yaml").model.targetGroups[0]?.attributes,
    ).toMatchObject({
      proxyProtocolV2: true,
      deregistrationDelaySeconds: 0,
    });
  });

  it("gives instance targets AWS's other default for client IP preservation", () => {
    const text = valid
      .replace("    port: 3000\n", "    port: 3000\n    targetType: instance\n")
      .replace("- id: 127.0.0.1", "- { id: i-0abc, address: 127.0.0.1 }");
    const group = parseYamlConfig(text, "nlb.yaml").model.targetGroups[0];
    expect(group?.attributes.preserveClientIp).toBe(true);
    expect(group?.targets[0]).toMatchObject({ id: "i-0abc", address: "127.0.0.1" });
  });

  it("warns of what is kept but changes nothing", () => {
    const text = withLine("  - name: web", "  - name: web", "    attributes: { zonal_shift.config.enabled: true }");
    expect(parseYamlConfig(text, "nlb.yaml").warnings[0]).toContain("nlb.yaml:4:19:");
    expect(parseYamlConfig(text, "nlb.yaml").warnings[0]).toContain("'zonal_shift.config.enabled' has no effect here");
  });

  it("warns where AWS has no way from an IPv4 load balancer to IPv6 targets, which are reached here", () => {
    const { warnings } = parseYamlConfig(withLine("      - id: 127.0.0.1", '      - id: "::1"'), "nlb.yaml");
    expect(warnings[0]).toContain(
      "nlb.yaml:6:22: loadBalancers[0].listeners[0]: AWS refuses this: You cannot associate",
    );
    expect(warnings[0]).toContain("target group 'app' has IPv6 targets: give a zone an ipv6Address");
  });
});

describe("a mistake in a config file", () => {
  it.each([
    {
      what: "a key that objects of JavaScript do not keep",
      text: withLine("  - name: app", "  - name: app", "    tags: { team: edge, __proto__: lost }"),
      problem: "nlb.yaml:9:25: targetGroups[0].tags: '__proto__' cannot be a key in a config",
    },
    {
      what: "an instance with the name of a method",
      text: withLine("      - id: 127.0.0.1", "      - id: toString").replace(
        "    port: 3000",
        "    port: 3000\n    targetType: instance",
      ),
      problem:
        "nlb.yaml:12:9: targetGroups[0].targets: instance 'toString' needs the address where it is reached, here or under instances",
    },
    {
      what: "an attribute with the name of a method",
      text: withLine("    port: 3000", "    port: 3000", "    attributes: { toString: { a: 1 } }"),
      problem: "nlb.yaml:10:29: targetGroups[0].attributes: 'toString' must be a string or a number or a boolean",
    },
    {
      what: "a misspelt key",
      text: withLine("        targetGroup: app", "        targetGrup: app"),
      problem: "nlb.yaml:6:9: loadBalancers[0].listeners[0]: unknown key 'targetGrup'; did you mean 'targetGroup'?",
    },
    {
      what: "a misspelt attribute",
      text: withLine("    port: 3000", "    port: 3000", "    attributes: { proxy_protocol_v2.enabld: true }"),
      problem:
        "nlb.yaml:10:19: targetGroups[0].attributes: Target group attribute key 'proxy_protocol_v2.enabld' is not recognized; did you mean 'proxy_protocol_v2.enabled'?",
    },
    {
      what: "an attribute out of AWS's range",
      text: withLine(
        "      - port: 8080",
        "      - port: 8080",
        "        attributes: { tcp.idle_timeout.seconds: 30 }",
      ),
      problem:
        "nlb.yaml:6:49: loadBalancers[0].listeners[0].attributes: 'tcp.idle_timeout.seconds' value '30' must be between '60-6000' inclusive",
    },
    {
      what: "an attribute of another load balancer type",
      text: withLine("    port: 3000", "    port: 3000", "    attributes: { slow_start.duration_seconds: 30 }"),
      problem: /^nlb\.yaml:10:19: .*'slow_start\.duration_seconds' is not recognized; one of: deregistration_delay/,
    },
    {
      what: "two attributes that AWS does not allow together",
      text: withLine(
        "    port: 3000",
        "    port: 3000",
        "    attributes:",
        "      target_health_state.unhealthy.draining_interval_seconds: 60",
      ),
      problem:
        /^nlb\.yaml:11:64: .*You cannot have both 'target_health_state.unhealthy.connection_termination.enabled' and 'target_health_state.unhealthy.draining_interval_seconds' enabled on a target group/,
    },
    {
      what: "a health check out of AWS's range",
      text: withLine("    port: 3000", "    port: 3000", "    healthCheck: { intervalSeconds: 3, timeoutSeconds: 3 }"),
      problem:
        "nlb.yaml:10:37: targetGroups[0].healthCheck: Health check interval '3' must be between '5-300' inclusive",
    },
    {
      what: "an unknown target group",
      text: withLine("        targetGroup: app", "        targetGroup: ap"),
      problem: "nlb.yaml:6:22: loadBalancers[0].listeners[0]: target group 'ap' does not exist; did you mean 'app'?",
    },
    {
      what: "a name that is used twice",
      text: `${valid}  - { name: app, port: 1 }\n`,
      problem:
        "nlb.yaml:12:13: targetGroups[1]: A target group with the same name 'app' exists, but with different settings",
    },
    {
      what: "a listener twice",
      text: withLine(
        "        targetGroup: app",
        "        targetGroup: app",
        "      - { port: 8080, targetGroup: app }",
      ),
      problem:
        "nlb.yaml:7:17: loadBalancers[0].listeners[1]: A listener already exists on this port for this load balancer 'web': 127.0.0.1:8080 is already taken by listener 8080 of 'web'",
    },
    {
      what: "a listener on all addresses beside one on one of them",
      text: withLine(
        "        targetGroup: app",
        "        targetGroup: app",
        "  - { name: all, zones: [{ name: a, address: '0::0' }], listeners: [{ port: 8080, targetGroup: app }] }",
      ),
      problem:
        "nlb.yaml:7:77: loadBalancers[1].listeners[0]: A listener already exists on this port for this load balancer 'all': [0::0]:8080 is already taken by listener 8080 of 'web' on 127.0.0.1:8080",
    },
    {
      what: "a target twice",
      text: `${valid}      - { id: 127.0.0.1, port: 3000 }\n`,
      problem: "nlb.yaml:12:9: targetGroups[0].targets: target 127.0.0.1:3000 is registered twice in 'app'",
    },
    {
      what: "a port that is none",
      text: withLine("      - port: 8080", "      - port: eighty"),
      problem:
        "nlb.yaml:5:15: loadBalancers[0].listeners[0]: 'port' must be a whole number from 0 to 65535, but was 'eighty'",
    },
    {
      what: "a key that is missing",
      text: withLine("    port: 3000", "    protocol: TCP"),
      problem: "nlb.yaml:8:5: targetGroups[0]: 'port' is missing: must be a whole number from 1 to 65535",
    },
    {
      what: "a protocol that is not there",
      text: withLine("    port: 3000", "    port: 3000", "    protocol: UDP"),
      problem: "nlb.yaml:10:15: targetGroups[0]: 'protocol' must be 'TCP', but was 'UDP'",
    },
    {
      what: "an admin server that others could reach",
      text: `admin: { address: 0.0.0.0 }${valid}`,
      problem: /^nlb\.yaml:1:19: admin: 'address' must be a loopback address/,
    },
    {
      what: "a target in a zone that is not there",
      text: withLine("      - id: 127.0.0.1", "      - { id: 127.0.0.1, zone: local-1b }"),
      problem: "nlb.yaml:11:32: targetGroups[0].targets[0]: 'web' has no zone 'local-1b'; did you mean 'local-1a'?",
    },
    {
      what: "a target that is no address",
      text: withLine("      - id: 127.0.0.1", "      - id: localhost"),
      problem: /^nlb\.yaml:11:13: .*the id of an ip target must be an IPv4 or IPv6 address, but was 'localhost'/,
    },
    {
      what: "YAML that is none",
      text: "loadBalancers: [\n",
      problem: /^nlb\.yaml:2:1: /,
    },
    {
      what: "a document that is no map",
      text: "- a list\n",
      problem: /^nlb\.yaml:1:1: the config must be a map of keys \(admin, timeScale, /,
    },
    {
      what: "a number in quotes",
      text: withLine("      - port: 8080", '      - port: "8080"'),
      problem:
        "nlb.yaml:5:15: loadBalancers[0].listeners[0]: 'port' must be a whole number from 0 to 65535, but was '8080'; write it without quotes",
    },
    {
      what: "a key without a value",
      text: withLine("    port: 3000", "    port:"),
      problem: "nlb.yaml:9:10: targetGroups[0]: 'port' must be a whole number from 1 to 65535, but is empty",
    },
    {
      what: "a target that is no map",
      text: withLine("      - id: 127.0.0.1", "      - 127.0.0.1"),
      problem:
        "nlb.yaml:11:9: targetGroups[0].targets: an entry of 'targets' must be a map of keys (id, address, port, zone), but was '127.0.0.1'",
    },
    {
      what: "true where there are settings to make",
      text: `dns: true${valid}`,
      problem: "nlb.yaml:1:6: 'dns' must be 'false' or a map of keys (address, port), but was 'true'",
    },
    {
      what: "a number at the end that its range leaves out",
      text: `timeScale: 0${valid}`,
      problem: "nlb.yaml:1:12: 'timeScale' must be a number above 0 and at most 1, but was '0'",
    },
    {
      what: "a key twice",
      text: `${valid}loadBalancers: []\n`,
      problem: "nlb.yaml:12:1: the key 'loadBalancers' appears twice",
    },
    {
      what: "an alias without an anchor",
      text: withLine("        targetGroup: app", "        targetGroup: *app"),
      problem: "nlb.yaml:6:22: the alias '*app' stands for nothing: no '&app' comes before it",
    },
    {
      what: "an alias of what it stands in",
      text: "loadBalancers: &all [*all]\n",
      problem: /^nlb\.yaml:1:22: loadBalancers: an entry of 'loadBalancers' must be a map of keys/,
    },
    {
      what: "aliases that unfold to more than a config can hold",
      text: `a: &a [1, 2]\n${["b", "c", "d", "e"].map((key, i) => `${key}: &${key} [${`*${"abcd"[i]}, `.repeat(12)}]\n`).join("")}`,
      problem: /^nlb\.yaml:1:1: Excessive alias count/,
    },
    {
      what: "a second document",
      text: `${valid}---\nadmin: false\n`,
      problem: "nlb.yaml:12:1: a second document begins here ('---'): a config file is a single one",
    },
  ])("is told with its place and what is right: $what", ({ text, problem }) => {
    const problems = problemsOf(text);
    if (typeof problem === "string") expect(problems).toContain(problem);
    else expect(problems).toContainEqual(expect.stringMatching(problem));
  });

  it("does not hide another one", () => {
    const text = withLine(
      "    port: 3000",
      "    port: 3000",
      "    attributes: { stickiness.enabled: 1, deregistration_delay.timeout_seconds: 3601 }",
    );
    expect(problemsOf(text)).toHaveLength(2);
  });

  it("is shown in its line, with a caret", () => {
    const text = withLine("        targetGroup: app", "        targetGroup: ap");
    expect(() => parseYamlConfig(text, "nlb.yaml")).toThrow(`\n            targetGroup: ap\n${" ".repeat(4 + 21)}^`);
  });

  it("is shown with what stands around it where the line is long, such as one of JSON", () => {
    const line = JSON.stringify({ region: "x".repeat(500), timeScale: 7, targetGroups: [] });
    const before = line.slice(0, line.indexOf("7")).slice(-60);
    expect(() => parseYamlConfig(line, "nlb.json")).toThrow(
      `\n    …${before}7,"targetGroups":[]}\n${" ".repeat(4 + 61)}^`,
    );
  });

  it("is told with the first 100 characters of a value", () => {
    expect(problemsOf("x".repeat(101))).toEqual([expect.stringMatching(/, but was 'x{100}…'$/)]);
    expect(problemsOf("x".repeat(100))).toEqual([expect.stringMatching(/, but was 'x{100}'$/)]);
  });
});

describe("a config from a program", () => {
  it("is checked the same, and its problems carry a path", () => {
    const config = { targetGroups: [{ name: "app", port: 1, attributes: { "stickiness.enabled": "yes" } }] };
    expect(() => loadConfigObject(config)).toThrow(
      `targetGroups[0].attributes["stickiness.enabled"]: The value of 'stickiness.enabled' must be 'true' or 'false', but was 'yes'`,
    );
  });
});

describe("a file that cannot be read", () => {
  it.each([
    { what: "UTF-16 with its mark", bytes: Buffer.from(`\ufeff${valid}`, "utf16le") },
    { what: "UTF-16 without", bytes: Buffer.from(valid, "utf16le") },
    { what: "Latin-1", bytes: Buffer.from("# f\u00fcr web", "latin1") },
  ])("is one that is no UTF-8: $what", async ({ bytes }) => {
    await using file = await tempFile("nlb.yaml", bytes);
    await expect(loadConfigFile(file.path)).rejects.toMatchObject({
      code: "EDGE_CONFIG_UNREADABLE",
      message: `${file.path} is not text in UTF-8: save it with that encoding`,
    });
  });

  it("is not one of UTF-8 with a byte order mark and CRLF", async () => {
    await using file = await tempFile("nlb.yaml", `\ufeff${valid.replaceAll("\n", "\r\n")}`);
    expect((await loadConfigFile(file.path)).model.targetGroups).toHaveLength(1);
  });

  it("is an error of its own when it is not there", async () => {
    await expect(loadConfigFile("/nonexistent/nlb.yaml")).rejects.toMatchObject({
      code: "EDGE_CONFIG_UNREADABLE",
      message: "cannot read /nonexistent/nlb.yaml: no such file or directory (ENOENT)",
    });
  });
});
