import { Argument, type Command } from "commander";
import { adminOption } from "./admin-option.ts";
import { examples } from "./examples.ts";
import { option } from "./option.ts";
import { parseTargetName } from "./value.ts";

/** Commands that act on a target of a running instance. */
export function addByHandCommands(root: Command): void {
  const target = (): Argument => new Argument("<target>", "TARGET-GROUP/ID:PORT").argParser(parseTargetName);
  const json = option("--json", "print the target's state as JSON");
  root
    .command("drain")
    .description("send no new flows to a target of a running instance until `ready`, as DeregisterTargets does")
    .addArgument(target())
    .addOption(adminOption())
    .addOption(option("--wait", "wait until the deregistration delay is over"))
    .addOption(json)
    .addHelpText(
      "after",
      `\nFlows that are open then go on or are reset, as deregistration_delay.connection_termination.enabled says.${examples(
        "edge-proxy drain app/127.0.0.1:3001 --wait",
      )}`,
    )
    .action(async (name, options) => (await import("./by-hand.ts")).drain(name, options));
  root
    .command("ready")
    .description("take a drained target back, as RegisterTargets does")
    .addArgument(target())
    .addOption(adminOption())
    .addOption(json)
    .addHelpText("after", examples("edge-proxy ready app/127.0.0.1:3001"))
    .action(async (name, options) => (await import("./by-hand.ts")).ready(name, options));
  root
    .command("force")
    .description("decide what health checks find at a target, from the next one on")
    .addArgument(target())
    .addArgument(
      new Argument("<result>", "none: what they really find again").choices(["healthy", "unhealthy", "none"]),
    )
    .addOption(adminOption())
    .addOption(json)
    .addHelpText(
      "after",
      `\nInterval and thresholds still apply.${examples("edge-proxy force app/127.0.0.1:3001 unhealthy")}`,
    )
    .action(async (name, result, options) => (await import("./by-hand.ts")).force(name, result, options));
}
