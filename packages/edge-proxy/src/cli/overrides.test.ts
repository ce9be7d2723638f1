import { describe, expect, it } from "vitest";
import { loadConfigObject, parseYamlConfig } from "../api/config/load.ts";
import { overridesOf, parseInstance } from "./overrides.ts";

const file = `admin: { address: 127.0.0.2, port: 1 }
instances: { i-00000001: 127.0.0.1 }
flowLog: { file: flows }
`;

describe("what the command line says", () => {
  it("wins over the file, key by key", () => {
    const overrides = overridesOf({
      flowLog: true,
      state: "state.json",
      instance: { "i-00000002": "127.0.0.2" },
      adminPort: 2,
      dnsPort: 3,
    });
    expect(parseYamlConfig(file, "nlb.yaml", overrides).config).toEqual({
      admin: { address: "127.0.0.2", port: 2 },
      instances: { "i-00000001": "127.0.0.1", "i-00000002": "127.0.0.2" },
      flowLog: {},
      stateFile: "state.json",
      dns: { port: 3 },
    });
  });

  it("leaves the file alone where it says nothing", () => {
    const nothing = overridesOf({});
    expect(parseYamlConfig(file, "nlb.yaml", nothing).config).toEqual(parseYamlConfig(file, "nlb.yaml").config);
    expect(loadConfigObject({}, nothing).config).toEqual({});
  });

  it("tells instances to a target group that registers them by id", () => {
    const config = {
      targetGroups: [{ name: "app", port: 1, targetType: "instance", targets: [{ id: "i-00000002" }] }],
    };
    const { model } = loadConfigObject(config, overridesOf({ instance: { "i-00000002": "127.0.0.2" } }));
    expect(model.targetGroups[0]?.targets[0]?.address).toBe("127.0.0.2");
    expect(() => loadConfigObject(config)).toThrow("instance 'i-00000002' needs the address");
  });
});

describe("--instance", () => {
  it("takes one or several, and may be repeated", () => {
    const first = parseInstance("i-00000001=127.0.0.1, i-0123456789abcdef0=::1", undefined);
    expect(parseInstance("i-00000002=127.0.0.2", first)).toEqual({
      "i-00000001": "127.0.0.1",
      "i-0123456789abcdef0": "::1",
      "i-00000002": "127.0.0.2",
    });
  });

  it.each(["", "i-1=127.0.0.1", "i-00000001", "i-00000001=localhost", "i-00000001=127.0.0.1,x"])(
    "refuses '%s'",
    (text) => {
      expect(() => parseInstance(text, undefined)).toThrow("Give ID=ADDRESS");
    },
  );
});
