import { readFileSync } from "node:fs";
import { Command, type OutputConfiguration } from "commander";
import { addAskingCommands } from "./asking-commands.ts";
import { addByHandCommands } from "./by-hand-commands.ts";
import { addServingCommands } from "./serving-commands.ts";
import { addWritingCommands } from "./writing-commands.ts";

/**
 * The command line as a whole. What a command needs is loaded when it is called, so that the small ones start at once.
 * @param output where help and errors are written
 */
export function createProgram(output: OutputConfiguration = {}): Command {
  const root = new Command("edge-proxy")
    .description("A stand-in for an AWS Network Load Balancer on one machine.")
    .version(packageVersion())
    .exitOverride()
    .configureOutput(output)
    .showSuggestionAfterError()
    .showHelpAfterError("(--help says more)")
    .addHelpText("after", rootHelp);
  addServingCommands(root);
  addAskingCommands(root);
  addByHandCommands(root);
  addWritingCommands(root);
  return root;
}

const rootHelp = `
Examples:
  edge-proxy demo                               something to look at, without servers of your own
  edge-proxy 8080 3000 3001 --proxy-protocol    8080 leads to your servers on 3000 and 3001; short for 'forward'
  edge-proxy init && edge-proxy run nlb.yaml    with a config file
  edge-proxy run                                empty, to be filled by the AWS CLI, an SDK or Terraform
  edge-proxy COMMAND --help                     the options of a command

Exit codes: 0 ok, 1 failed, 2 the command line or the config is wrong, 3 a target group has no healthy target (status).`;

function packageVersion(): string {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;
}
