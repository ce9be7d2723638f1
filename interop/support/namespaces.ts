import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Program } from "./process.ts";

/** A network namespace: a machine with network interfaces of its own. */
export class Machine {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** Runs `ip` in it. @returns what it prints */
  ip(...args: string[]): string {
    return run("ip", "-n", this.name, ...args);
  }

  /** Runs a shell command in it. @returns what it prints */
  shell(command: string): string {
    return run("ip", "netns", "exec", this.name, "sh", "-c", command);
  }

  /** Starts a program in it. `command` is given a folder with the files. */
  start(
    command: (folder: string) => readonly [string, ...string[]],
    files: Readonly<Record<string, (folder: string) => string>> = {},
  ): Promise<Program> {
    return Program.start((folder) => ["ip", "netns", "exec", this.name, ...command(folder)], files);
  }

  /** Runs a script of Node's in it, which prints one JSON value. */
  async ask<T>(script: string, ...args: string[]): Promise<T> {
    await using program = await this.start(() => [process.execPath, "-e", script, ...args]);
    return JSON.parse(await program.finishes()) as T;
  }
}

/**
 * Three machines in a row, client – edge – target, with IPv4 and IPv6. The target's answers to the client go to the edge, as
 * on any host whose router it is. Nothing of it is connected to the world outside.
 */
export class ThreeMachines implements AsyncDisposable {
  readonly client: Machine;
  readonly edge: Machine;
  readonly target: Machine;

  constructor() {
    const id = `edgekit-${process.pid}-${randomBytes(3).toString("hex")}`;
    this.client = new Machine(`${id}-client`);
    this.edge = new Machine(`${id}-edge`);
    this.target = new Machine(`${id}-target`);
    try {
      this.#build();
    } catch (error) {
      this.#remove();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#remove();
  }

  #build(): void {
    const { client, edge, target } = this;
    for (const { name } of [client, edge, target]) run("ip", "netns", "add", name);
    for (const machine of [client, edge, target]) machine.ip("link", "set", "lo", "up");
    connectMachines(client, "to-edge", edge, "to-client");
    connectMachines(target, "to-edge", edge, "to-target");
    give(client, "to-edge", addresses.client, addresses.client6);
    give(edge, "to-client", addresses.node, addresses.otherNode, addresses.node6);
    give(edge, "to-target", addresses.inner, addresses.inner6);
    give(target, "to-edge", addresses.target, addresses.target6);
    for (const [machine, four, six] of [
      [client, addresses.node, addresses.node6],
      [target, addresses.inner, addresses.inner6],
    ] as const) {
      machine.ip("route", "add", "default", "via", four);
      machine.ip("-6", "route", "add", "default", "via", six);
    }
  }

  #remove(): void {
    for (const { name } of [this.client, this.edge, this.target]) {
      try {
        run("ip", "netns", "del", name);
      } catch {
        // It was never made.
      }
    }
  }
}

/** Of the three machines; the edge has a leg, `inner`, on the target's side. */
export const addresses = {
  client: "10.91.1.2",
  client6: "fd91:1::2",
  node: "10.91.1.1",
  otherNode: "10.91.1.3",
  node6: "fd91:1::1",
  inner: "10.91.2.1",
  inner6: "fd91:2::1",
  target: "10.91.2.2",
  target6: "fd91:2::2",
} as const;

function connectMachines(one: Machine, oneEnd: string, other: Machine, otherEnd: string): void {
  run("ip", "link", "add", oneEnd, "netns", one.name, "type", "veth", "peer", "name", otherEnd, "netns", other.name);
  one.ip("link", "set", oneEnd, "up");
  other.ip("link", "set", otherEnd, "up");
}

function give(machine: Machine, device: string, ...of: readonly string[]): void {
  for (const address of of) {
    // Without duplicate address detection, which takes a second.
    const six = address.includes(":");
    machine.ip("addr", "add", `${address}/${six ? 64 : 24}`, "dev", device, ...(six ? ["nodad"] : []));
  }
}

function run(command: string, ...args: string[]): string {
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  return execFileSync(command, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
