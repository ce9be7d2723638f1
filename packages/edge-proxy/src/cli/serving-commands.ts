import type { Command } from "commander";
import { defaultPorts } from "../api/config/default-ports.ts";
import { examples } from "./examples.ts";
import { option } from "./option.ts";
import { parseInstance } from "./overrides.ts";
import { shortForm } from "./short-form.ts";
import { parseHealth, parsePlace, parsePlaces, parsePort, parseSeconds, parseVpceId, parseWorkers } from "./value.ts";

/** Commands that carry traffic. */
export function addServingCommands(root: Command): void {
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
