import type { Command } from "commander";
import { adminOption } from "./admin-option.ts";
import { examples } from "./examples.ts";
import { option } from "./option.ts";
import { parseAdminUrl, parseClose, parseCount } from "./value.ts";

/** Commands that answer a question. */
export function addAskingCommands(root: Command): void {
  const json = option("--json", "print the result as JSON");
  const admin = adminOption();
  root
    .command("check")
    .description("check a config file without starting anything")
    .argument("<file>", "YAML config; - for standard input")
    .addOption(json)
    .addHelpText("after", examples("edge-proxy check nlb.yaml", "envsubst < nlb.template.yaml | edge-proxy check -"))
    .action(async (file, options) => (await import("./check.ts")).check(file, options));
  root
    .command("explain")
    .description("show which target a connection would get and why, and what the target would see")
    .argument("[file]", "YAML config, - for standard input; without one, --admin says which instance to ask")
    .addOption(option("--admin <url>", "ask a running instance: a URL, ADDRESS:PORT or PORT", { parse: parseAdminUrl }))
    .addOption(option("--from <client>", "the client: ADDRESS:PORT").makeOptionMandatory())
    .addOption(option("--to <listener>", "LOAD-BALANCER:PORT, or ADDRESS:PORT to connect to").makeOptionMandatory())
    .addOption(option("--via <id>", "the VPC endpoint that it comes through"))
    .addOption(
      option(
        "--seed <number>",
        "stands for the random part of the choice; the same seed gives the same target (default: 0)",
      ),
    )
    .addOption(json)
    .addHelpText(
      "after",
      examples(
        "edge-proxy explain nlb.yaml --from 198.51.100.7:40001 --to web:8080",
        "edge-proxy explain --admin 9901 --from 127.0.0.1:40001 --to web:8080 --via vpce-0123456789abcdef0",
      ),
    )
    .action(async (file, options, command: Command) => {
      // A variable that is there for other commands is no question to two at once.
      const fromEnvironment = command.getOptionValueSource("admin") === "env";
      const { explain } = await import("./explain.ts");
      await explain(file, file !== undefined && fromEnvironment ? { ...options, admin: undefined } : options);
    });
  root
    .command("status")
    .description("show load balancers, targets and flows of a running instance")
    .addOption(admin)
    .addOption(json)
    .addHelpText(
      "after",
      `\nEnds with 1 when the instance cannot be reached, with 3 when a target group in use has no healthy target.${examples(
        "edge-proxy status",
        "edge-proxy status --admin 9901 --json",
      )}`,
    )
    .action(async (options) => (await import("./status.ts")).status(options));
  root
    .command("top")
    .description("watch targets and flows of a running instance; keys: q quit, f filter, d flows, ? help")
    .addOption(admin)
    .addHelpText("after", examples("edge-proxy top"))
    .action(async (options) => (await import("./top.ts")).top(options));
  root
    .command("tap")
    .description("show each flow of a running instance as it ends, and each client that is refused")
    .addOption(admin)
    .addOption(option("--target <id>", "only flows to this target: ID:PORT, or the id alone"))
    .addOption(option("--target-group <name>", "only flows to this target group"))
    .addOption(option("--listener <name>", "only those of this listener: LOAD-BALANCER:PORT"))
    .addOption(option("--client <address>", "only those of this client address"))
    .addOption(
      option("--close <how>", "only those that ended so: target.rst, or one half: target, rst, refused", {
        parse: parseClose,
      }),
    )
    .addOption(option("--count <n>", "end after so many", { parse: parseCount }))
    .addOption(option("--json", "print lines of the flow log as they are"))
    .addHelpText(
      "after",
      `\nEnds with 1 when the instance cannot be reached, or ends before --count is reached.${examples(
        "edge-proxy tap",
        "edge-proxy tap --target 127.0.0.1:3001 --close rst",
        "edge-proxy tap --close refused --count 1 --json | jq .close",
      )}`,
    )
    .action(async (options) => (await import("./tap.ts")).tap(options));
  root
    .command("decode")
    .description("show what each byte of a PROXY protocol header means")
    .argument("[file]", "hexadecimal text, dumps of xxd, hexdump -C or tshark -x, or the bytes themselves", "-")
    .addOption(json)
    .addOption(option("--binary", "take the input as bytes, whatever it looks like"))
    .addHelpText(
      "after",
      `\nEnds with 1 when a receiver has to refuse the header.${examples(
        "edge-proxy decode header.hex",
        "echo 0d0a0d0a000d0a515549540a20000000 | edge-proxy decode",
        "nc -l 3000 | head -c 200 | edge-proxy decode",
      )}`,
    )
    .action(async (file, options) => (await import("./decode.ts")).decode(file, options));
}
