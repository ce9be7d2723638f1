import { elsewhere, pinned, type Row, type TestName } from "./row.ts";

const edgeProxy = "packages/edge-proxy/";
const header = (...names: string[]): TestName[] => elsewhere(`${edgeProxy}test/proxy-header.test.ts`, ...names);
const flows = (...names: string[]): TestName[] => elsewhere(`${edgeProxy}test/flows.test.ts`, ...names);
const health = (...names: string[]): TestName[] => elsewhere(`${edgeProxy}test/health.test.ts`, ...names);
const select = (...names: string[]): TestName[] => elsewhere(`${edgeProxy}src/data/select.test.ts`, ...names);
const transparent = (...names: string[]): TestName[] => elsewhere("interop/client-ip.test.ts", ...names);

function holds(what: string, tests: readonly TestName[]): Row {
  return { what, verdict: "holds", tests };
}

function differs(what: string, note: string, tests: readonly TestName[]): Row {
  return { what, verdict: "differs", note, tests };
}

/** What connections and targets see, and what scripts count on beside single calls. */
export const behaviourRows: readonly Row[] = [
  holds(
    "The PROXY header has 100 bytes: CRC32C, the VPC endpoint's id, padding",
    header(
      "has 100 bytes, names the client and the address that it connected to, and comes with the first payload",
      "carries the VPC endpoint's id and address for flows that came through it",
    ),
  ),
  holds(
    "It comes with the client's first payload, unless `on_first_ack` is set: protocols in which the server speaks first hang",
    header(
      "waits for payload by default, so a client that only closes sends no byte",
      "is sent alone before any payload with on_first_ack, so that a server may speak first",
    ),
  ),
  holds(
    "A header that the client sent stays behind it",
    header("leaves a header that the client sent where it is: the target sees both"),
  ),
  holds(
    "Health checks carry it too: LOCAL, without addresses",
    elsewhere("interop/nginx.test.ts", "passes a health check that carries the NLB's LOCAL header"),
  ),
  holds(
    "A target is chosen by a hash over addresses, ports and sequence number: even in the long run, not in turn",
    select("spreads 10,000 flows of one client evenly over the targets"),
  ),
  holds("Target groups share flows by weight", [
    ...pinned("effects/choice", "spreads new flows by weight, and follows new weights"),
    ...select("share flows among target groups, and 0 gets none"),
  ]),
  holds(
    "Stickiness by source address and node",
    select("keeps a client on its target, whatever its port and sequence number"),
  ),
  holds("States, reasons and descriptions of targets; thresholds; fail-open", [
    ...health(
      "is AWS's: states, reasons and descriptions",
      "sends new flows to healthy targets only, and to all when none is healthy",
    ),
  ]),
  holds(
    "A new target is healthy after one successful check; nothing is checked that no listener uses",
    pinned("targets", "goes through AWS's states with their reasons and descriptions"),
  ),
  holds(
    "Idle timeout: neither side is told, and who sends next is reset",
    elsewhere(`${edgeProxy}test/timeouts.test.ts`, "tells nobody, and resets whoever sends next"),
  ),
  holds(
    "FIN and RST are passed on; a flow may be half-closed",
    flows(
      "gives a client that half-closes its whole answer",
      "resets the client when the target resets, behind the bytes that came first",
      "resets the target when the client resets",
    ),
  ),
  holds(
    "Through PrivateLink the target sees the node's address, whatever `preserve_client_ip.enabled` says",
    header("is the client's with preserve_client_ip.enabled, except through a VPC endpoint"),
  ),
  holds(
    "Client IP preservation with the client's port, in IPv4 and IPv6 (`clientIp: transparent`)",
    transparent("shows the target the client's own address and port, in IPv4 and IPv6, and its answers arrive"),
  ),
  holds(
    "One client port through two nodes to one target: a collision, and the second flow fails",
    transparent("resets the second flow of one client port to one target through another node, and the first goes on"),
  ),
  holds(
    "55,000 flows from a node to a target (address and port), then `PortAllocationErrorCount`",
    elsewhere(
      `${edgeProxy}src/data/source-ports.test.ts`,
      "are 55,000 different ones for each target, as on AWS, those of the kernel's own range last; then none",
    ),
  ),
  holds(
    "DNS: the load balancer's and the zonal names, TTL 60; zones that are out are left out, unless all are",
    elsewhere(
      `${edgeProxy}test/dns.test.ts`,
      "takes a zone out as soon as too many of its targets fail, and gives all when none is left",
      "knows the name that the ELBv2 API answers with",
    ),
  ),
  holds(
    "A target group without targets resets its clients",
    pinned("effects/choice", "has nowhere to route to: the client is reset"),
  ),
  holds(
    "The query protocol: XML, namespaces, request ids, error answers",
    pinned(
      "wire",
      "is XML in AWS's namespace with the action's name and a request id",
      "has a result element even when there is nothing to say",
      "to a wrong call is an ErrorResponse of the sender's making, with status 400",
    ),
  ),
  holds("Error codes and words, call by call", [
    ...pinned("refusals", "$call $shows is refused with AWS's code and words", "have changed nothing"),
    ...elsewhere("interop/awscli.test.ts", "shows AWS's error as it shows AWS's own"),
  ]),
  holds("The waiters of the CLI and the SDKs end", [
    ...pinned(
      "targets",
      "load-balancer-exists, -available and -deleted end",
      "target-in-service waits for the first health check, target-deregistered for the end of the delay",
    ),
    ...elsewhere("interop/awscli.test.ts", "makes a load balancer from nothing, waits for it, and takes it away again"),
  ]),
  holds(
    "The calls of Terraform's `aws_lb`, `aws_lb_target_group`, `aws_lb_listener`, `aws_lb_target_group_attachment`",
    pinned("terraform", "creates, refreshes, changes and destroys with the calls of its AWS provider"),
  ),
  holds(
    "Any calls in any order leave what is described and what clients meet in agreement",
    pinned("random-calls", "leave the model, the answers and the data plane in agreement"),
  ),
  holds(
    "What was answered outlives the process, with `--state`",
    pinned(
      "killed",
      "loses no call that was answered, and ARNs stay the same",
      "does not keep a listener of the API from carrying traffic after the restart",
    ),
  ),
];

/** What cannot be the same, or is not the same yet. */
export const differenceRows: readonly Row[] = [
  differs(
    "A target that refuses makes the client's `connect()` fail",
    "the client is connected already: it is reset",
    flows("resets a client whose target is down, instead of letting it wait"),
  ),
  differs(
    "A listener's SYN reaches the target before any byte",
    "a connection to the target is opened at once as well, but with a second handshake",
    flows("forwards payload and FIN that came before the target accepted"),
  ),
  differs(
    "The TCP sequence number is part of the flow hash",
    "32 random bits for each connection stand in for it",
    select("sends the same client, port and seed to the same target"),
  ),
  differs(
    "TCP keep-alives restart the idle timeout",
    "a process does not see them: only bytes that it reads do, so that a very slow reader of many bytes counts as idle ([promises](promises.md))",
    elsewhere(`${edgeProxy}test/timeouts.test.ts`, "starts again with every byte, from either side"),
  ),
  differs(
    "An unhealthy target's clients are reset on their next packet",
    "at once",
    pinned(
      "effects/connection-end",
      "connection_termination.enabled ends the flows of a target that becomes unhealthy, by default",
    ),
  ),
  differs(
    "A weight of 0 closes the flows of its target group after a short time",
    "at once",
    pinned("effects/choice", "closes the flows of a group whose weight becomes 0"),
  ),
  differs(
    "Traffic to a port without a listener is dropped",
    "the kernel refuses it",
    pinned("listeners", "closes its port on every node"),
  ),
  differs(
    "Client IP preservation needs nothing",
    "[root, koffi and routes](config.md#client-addresses) for every client; without them clients inside 127.0.0.0/8, without the port",
    transparent("says with clientIp: auto why it is not transparent, and shows the node's address"),
  ),
  differs(
    "Across address families targets see the node's address of theirs",
    "a node has one address: the kernel chooses one of this machine",
    transparent("shows the node's address through PrivateLink, and this machine's own across address families"),
  ),
  differs(
    "A client that is its own target (hairpin) times out",
    "it is reset",
    transparent("resets a client that is its own target: its answers would never leave it"),
  ),
  differs(
    "Each load balancer has nodes of its own",
    "those in a subnet whose address the config has chosen share its node, so that a port can be had once; all share `::1`",
    pinned(
      "listeners",
      "have nodes of their own, so that both have the same port, and each name leads to its own node",
      "share the address that the config chose for it, so that a port can be had once",
    ),
  ),
  differs(
    "Changes take effect after some seconds to minutes",
    "when the call returns",
    pinned("listeners", "answers with AWS's shape and ARN, and carries traffic when the call returns"),
  ),
  differs("Calls must be signed", "any signature will do, and none", pinned("wire", "may have any signature, or none")),
  differs(
    "IPv6 headers: no capture is public",
    "the same layout, padded to 100 bytes",
    header("is right for IPv6: 100 bytes with both addresses"),
  ),
];

function missing(what: string, tests: readonly TestName[]): Row {
  return { what, verdict: "not provided", tests };
}

export const missingRows: readonly Row[] = [
  missing("UDP, TLS and QUIC listeners", pinned("listeners", "is not provided, and refused with what is")),
  missing(
    "Application and Gateway Load Balancers",
    pinned("load-balancers", "a load balancer of type %s is not provided, and refused with what is"),
  ),
  missing(
    "Targets that are load balancers or functions; target groups of other load balancers",
    pinned("target-groups", "a target group with %s is not provided, and refused with words"),
  ),
  missing(
    "The EC2 API, such as Terraform's question for network interfaces",
    pinned(
      "wire",
      "EC2's network interfaces, which Terraform asks for after a deletion, are none or an error that ends at once",
    ),
  ),
];
