import type { Command } from "commander";
import { examples } from "./examples.ts";
import { option } from "./option.ts";

/** Commands that print or write a file. */
export function addWritingCommands(root: Command): void {
  root
    .command("init")
    .description("write a config file with comments to start from")
    .argument("[file]", "what to write", "nlb.yaml")
    .addOption(option("--force", "replace the file if it exists"))
    .addHelpText("after", examples("edge-proxy init", "edge-proxy init test/nlb.yaml"))
    .action(async (file, options) => (await import("./init.ts")).init(file, options));
  root
    .command("schema")
    .description("print the JSON Schema of the config file, for editors and other tools")
    .addHelpText(
      "after",
      `\n\`edge-proxy init\` writes the first line by which editors find it.${examples("edge-proxy schema > nlb.schema.json")}`,
    )
    .action(async () => (await import("./schema.ts")).schema());
  root
    .command("routes")
    .description("print the policy routing that client IP preservation needs, one shell command a line")
    .argument("<file>", "YAML config; - for standard input")
    .addOption(option("--remove", "print what removes it"))
    .addOption(option("--json", "print rules and commands as JSON"))
    .addHelpText(
      "after",
      examples("edge-proxy routes nlb.yaml | sudo sh", "edge-proxy routes nlb.yaml --remove | sudo sh"),
    )
    .action(async (file, options) => (await import("./routes.ts")).routes(file, options));
}
