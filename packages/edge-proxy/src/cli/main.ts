import { Command, CommanderError, InvalidArgumentError } from "commander";
import { EdgeProxyError } from "../error.ts";
import { check } from "./check.ts";
import { demo } from "./demo.ts";
import { exitCodes, print, printError } from "./output.ts";
import { routes } from "./routes.ts";
import { run } from "./run.ts";

/** Runs the command line. The process ends with 0 (ok), 1 (failed) or 2 (the command line or the config is wrong). */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function program(): Command {
  const root = new Command("edge-proxy")
    .description("A stand-in for an AWS Network Load Balancer on one machine.")
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: printError })
    .showSuggestionAfterError();
  root
    .command("demo")
    .description("three small HTTP targets and an NLB in front of them, all in one process")
    .option("--port <port>", "where clients connect directly", parsePort, 8080)
    .option("--endpoint-port <port>", "where clients connect through a VPC endpoint", parsePort, 8081)
    .option("--admin-port <port>", "where the status is served", parsePort, 9901)
    .option("--dns-port <port>", "where the load balancer's name is looked up", parsePort, 10_053)
    .addHelpText(
      "after",
      "\nPort 0 takes a free one. Examples:\n  edge-proxy demo\n  edge-proxy demo --port 0 --endpoint-port 0 --admin-port 0 --dns-port 0",
    )
    .action(demo);
  root
    .command("run")
    .description("run what a config file describes until SIGTERM or SIGINT")
    .argument("<file>", "YAML config")
    .option("--flow-log [file]", "a JSON line for each flow that ends, to a file or to standard output")
    .option("--drain-seconds <seconds>", "how long flows may go on after the signal", parseSeconds, 5)
    .option("--watch", "reload when the file changes; SIGHUP reloads it too")
    .option("--apply-routes", "set what `edge-proxy routes` prints, and remove it at the end")
    .addHelpText("after", "\nExample:\n  edge-proxy run nlb.yaml")
    .action(run);
  root
    .command("routes")
    .description("print the policy routing that client IP preservation needs, one shell command a line")
    .argument("<file>", "YAML config")
    .option("--remove", "print what removes it")
    .addHelpText(
      "after",
      "\nExamples:\n  edge-proxy routes nlb.yaml | sudo sh\n  edge-proxy routes nlb.yaml --remove | sudo sh",
    )
    .action(routes);
  root
    .command("check")
    .description("check a config file without starting anything")
    .argument("<file>", "YAML config")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExample:\n  edge-proxy check nlb.yaml")
    .action(check);
  return root;
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
}

function parseSeconds(text: string): number {
  const seconds = /^\d{1,6}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0) return seconds;
  throw new InvalidArgumentError("Seconds are a number from 0.");
}

/** Tells the user what went wrong, once. @returns the exit code */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed it already; asking for help is no error.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (error instanceof EdgeProxyError) {
    printError(`${error.message}\n`);
    const { code } = error;
    return code === "EDGE_CONFIG_INVALID" || code === "EDGE_CONFIG_UNREADABLE" || code === "EDGE_LIMIT_TOO_HIGH"
      ? exitCodes.usage
      : exitCodes.failed;
  }
  printError(`edge-proxy: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.failed;
}
