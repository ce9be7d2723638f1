import { loadConfigObject } from "../api/config/load.ts";
import { EdgeProxy } from "../edge-proxy.ts";
import { hostPort } from "../model/host-port.ts";
import { banner } from "./banner.ts";
import { type DemoPorts, demoConfig } from "./demo/demo-config.ts";
import { type DemoTarget, startDemoTarget } from "./demo/demo-target.ts";
import { exitCodes, neverWaitForReaders, print } from "./output.ts";
import { portAdvice } from "./port-advice.ts";
import { untilSignal } from "./until-signal.ts";

/** A little less than what a person is ready to wait for after Ctrl-C. */
const drainMs = 5_000;

/** `edge-proxy demo` */
export async function demo(options: DemoPorts): Promise<void> {
  const signal = untilSignal();
  neverWaitForReaders();
  const targets = await Promise.all(["app-1", "app-2", "app-3"].map((name) => startDemoTarget(name)));
  const nlb = await startInFrontOf(targets, options);
  print(`${banner(nlb, 1)}\n${whatToTry(nlb, targets)}`);
  await signal;
  // Targets that let go of idle keep-alive connections end the flows on them.
  for (const target of targets) target.letGo();
  await nlb.close({ drainMs });
  await Promise.all(targets.map((target) => target.close()));
  process.exit(exitCodes.ok);
}

async function startInFrontOf(targets: readonly DemoTarget[], options: DemoPorts): Promise<EdgeProxy> {
  const nlb = new EdgeProxy(loadConfigObject(demoConfig(targets, options)));
  try {
    return await nlb.start();
  } catch (error) {
    await Promise.all(targets.map((target) => target.close()));
    throw portAdvice(error, {
      "--port": options.port,
      "--endpoint-port": options.endpointPort,
      "--admin-port": options.adminPort,
      "--dns-port": options.dnsPort,
    });
  }
}

function whatToTry(nlb: EdgeProxy, targets: readonly DemoTarget[]): string {
  const direct = nlb.listeners.find(({ vpcEndpointId }) => vpcEndpointId === undefined);
  const endpoint = nlb.listeners.find(({ vpcEndpointId }) => vpcEndpointId !== undefined);
  const url = (at: typeof direct): string => (at === undefined ? "" : `http://${hostPort(at.address, at.port)}/`);
  return [
    `Targets: ${targets.map(({ name, port }) => `${name} on 127.0.0.1:${port}`).join(", ")}`,
    "Try",
    `  curl -s ${url(direct)}     your own port is in the answer: it came in the PROXY header`,
    `  curl -s ${url(endpoint)}     the same through PrivateLink: with the VPC endpoint's id`,
    ...(nlb.admin === undefined
      ? []
      : [
          `  http://${hostPort(nlb.admin.address, nlb.admin.port)}/ in a browser     the status page: target health, flows, limits`,
          `  AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x aws --region us-east-1 --endpoint-url http://${hostPort(nlb.admin.address, nlb.admin.port)} elbv2 describe-target-groups`,
        ]),
    ...(nlb.dns === undefined
      ? []
      : [
          `  dig @${nlb.dns.address} -p ${nlb.dns.port} ${nlb.dns.names[0]}     the nodes, by the load balancer's name`,
        ]),
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}
