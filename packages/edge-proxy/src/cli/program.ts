import { readFileSync } from "node:fs";
import { Command, type OutputConfiguration } from "commander";
import { defaultPorts } from "../api/config/default-ports.ts";
import { option } from "./option.ts";
import { parseInstance } from "./overrides.ts";
import { shortForm } from "./short-form.ts";
import {
  parseAdminUrl,
  parseHealth,
  parsePlace,
  parsePlaces,
  parsePort,
  parseSeconds,
  parseVpceId,
  parseWorkers,
} from "./value.ts";

/** The file that commands read and write where none is named. */
const defaultFile = "nlb.yaml";
const defaultAdmin = "http://127.0.0.1:9901";

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
  addServing(root);
  addAsking(root);
  addWriting(root);
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

/** Help with one example a line. */
function examples(...lines: readonly string[]): string {
  return `\nExample${lines.length === 1 ? "" : "s"}:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** Commands that carry traffic. */
function addServing(root: Command): void {
  root
    .command("demo")
    .description("three small HTTP targets and an NLB in front of them, all in one process")
    .addOption(option("--port <port>", "where clients connect directly", { parse: parsePort, default: 8080 }))
    .addOption(
      option("--endpoint-port <port>", "where clients connect through a VPC endpoint", {
        parse: parsePort,
        default: 8081,
      }),
    )
    .addOption(
      option("--admin-port <port>", "where status page, metrics and API are served", {
        parse: parsePort,
        default: defaultPorts.admin,
      }),
    )
    .addOption(
      option("--dns-port <port>", "where the load balancer's name is looked up", {
        parse: parsePort,
        default: defaultPorts.dns,
      }),
    )
    .addHelpText(
      "after",
      `\nPort 0 takes a free one.${examples("edge-proxy demo", "edge-proxy demo --port 0 --endpoint-port 0 --admin-port 0 --dns-port 0")}`,
    )
    .action(async (options) => (await import("./demo.ts")).demo(options));
  const run = root
    .command("run")
    .description("run what a config file describes until SIGTERM or SIGINT")
    .argument("[file]", "YAML config; without one the start is empty, to be filled through the ELBv2 API")
    .addOption(option("--watch", "reload when the file changes; SIGHUP reloads it too"))
    .addOption(option("--state <file>", "keep what is created through the ELBv2 API over restarts, in this file"))
    .addOption(
      option("--instance <id=address>", "the address of an instance that is registered by id; may be repeated", {
        parse: parseInstance,
      }),
    )
    .addOption(
      option("--admin-port <port>", "where status page, metrics and API are served (default: the file's, or 9901)", {
        parse: parsePort,
      }),
    )
    .addOption(option("--dns-port <port>", "answer queries for load balancers' names here", { parse: parsePort }));
  addServeOptions(run)
    .addHelpText(
      "after",
      examples(
        "edge-proxy run nlb.yaml --watch",
        "edge-proxy run nlb.yaml --flow-log /var/log/flows.ndjson",
        "edge-proxy run --state nlb.json --instance i-0123456789abcdef0=127.0.0.1",
        "kill -USR2 PID     a new process takes the listeners over; the old one ends with its last flow",
      ),
    )
    .action(async (file, options) => (await import("./run.ts")).run(file, options));
  const forward = root
    .command(shortForm)
    .description("run one listener in front of some targets, without a config file; 'forward' may be left out")
    .usage("[options] <listen> <targets...>\n       edge-proxy [options] <listen> <targets...>")
    .argument("<listen>", "where to listen: [ADDRESS:]PORT", parsePlace)
    .argument("<targets...>", "where to connect to: [ADDRESS:]PORT", parsePlaces)
    .addOption(option("--proxy-protocol", "send targets a PROXY protocol version 2 header"))
    .addOption(
      option("--vpce-id <id>", "listen for a VPC endpoint too; its id goes into the header", { parse: parseVpceId }),
    )
    .addOption(
      option("--endpoint-port <port>", "where the VPC endpoint listens (default: the listener's port plus 1)", {
        parse: parsePort,
      }),
    )
    .addOption(option("--health <check>", "tcp, http:/PATH or https:/PATH (default: tcp)", { parse: parseHealth }))
    .addOption(option("--sticky", "clients of one address stay with one target (stickiness by source IP)"))
    .addOption(option("--preserve-client-ip", "targets see the client's own address on their connection"))
    .addOption(
      option("--admin-port <port>", "where status page, metrics and API are served", {
        parse: parsePort,
        default: defaultPorts.admin,
      }),
    )
    .addOption(option("--no-admin", "start no admin server"))
    .addOption(option("--print-config", "print the config file that this stands for, and end"));
  addServeOptions(forward)
    .addHelpText(
      "after",
      examples(
        "edge-proxy 8080 3000 3001 --proxy-protocol",
        "edge-proxy 0.0.0.0:8080 10.0.0.5:80 10.0.0.6:80 --health http:/healthz",
        "edge-proxy 8080 3000 --proxy-protocol --vpce-id vpce-0123456789abcdef0",
        "edge-proxy 8080 3000 --sticky --print-config > nlb.yaml",
      ),
    )
    .action(async (listen, targets, options) => (await import("./forward.ts")).forward(listen, targets, options));
}

function addServeOptions(command: Command): Command {
  return command
    .addOption(option("--flow-log [file]", "a JSON line for each flow that ends, to a file or to standard output"))
    .addOption(
      option("--drain-seconds <seconds>", "how long open flows may go on after SIGTERM or SIGINT", {
        parse: parseSeconds,
        default: 5,
      }),
    )
    .addOption(
      option("--workers <n>", "worker processes that carry the flows; auto: one for each processor", {
        parse: parseWorkers,
        default: 1,
      }),
    )
    .addOption(option("--apply-routes", "set the routes that `edge-proxy routes` prints, and remove them at the end"))
    .addOption(option("--json", "print addresses and limits at the start as JSON"));
}

/** Commands that answer a question. */
function addAsking(root: Command): void {
  const json = option("--json", "print the result as JSON");
  const admin = option(
    "--admin <url>",
    "the running instance: a URL (with ?token=TOKEN if it asks for a token), ADDRESS:PORT or PORT",
    {
      parse: parseAdminUrl,
      default: parseAdminUrl(defaultAdmin),
    },
  ).default(parseAdminUrl(defaultAdmin), defaultAdmin);
  root
    .command("check")
    .description("check a config file without starting anything")
    .argument("<file>", "YAML config")
    .addOption(json)
    .addHelpText("after", examples("edge-proxy check nlb.yaml"))
    .action(async (file, options) => (await import("./check.ts")).check(file, options));
  root
    .command("explain")
    .description("show which target a connection would get and why, and what the target would see")
    .argument("[file]", "YAML config; without one, --admin says which instance to ask")
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

/** Commands that print or write a file. */
function addWriting(root: Command): void {
  root
    .command("init")
    .description("write a config file with comments to start from")
    .argument("[file]", "what to write", defaultFile)
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
    .argument("<file>", "YAML config")
    .addOption(option("--remove", "print what removes it"))
    .addOption(option("--json", "print rules and commands as JSON"))
    .addHelpText(
      "after",
      examples("edge-proxy routes nlb.yaml | sudo sh", "edge-proxy routes nlb.yaml --remove | sudo sh"),
    )
    .action(async (file, options) => (await import("./routes.ts")).routes(file, options));
}
