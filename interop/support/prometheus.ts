import { spawnSync } from "node:child_process";
import { unusedPort } from "@edgekit/testkit";
import { Program } from "./process.ts";

/** Prometheus's own tool for whoever writes metrics and rules. */
export function promtool(args: readonly string[], input = ""): { readonly status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

/** A Prometheus server that scrapes one address each second, and answers queries. */
export class Prometheus implements AsyncDisposable {
  readonly #program: Program;
  readonly #origin: string;

  private constructor(program: Program, port: number) {
    this.#program = program;
    this.#origin = `http://127.0.0.1:${port}`;
  }

  static async scraping(address: string, ruleFile: string): Promise<Prometheus> {
    const port = await unusedPort();
    const config = `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [${JSON.stringify(ruleFile)}]
scrape_configs: [{ job_name: edge-proxy, static_configs: [{ targets: ["${address}"] }] }]
`;
    const program = await Program.start(
      (folder) => [
        "prometheus",
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { "prometheus.yml": () => config },
    );
    await program.prints(/Server is ready to receive web requests/);
    return new Prometheus(program, port);
  }

  /** The series that a query gives now. */
  async query(expression: string): Promise<readonly { metric: Record<string, string>; value: [number, string] }[]> {
    const response = await fetch(`${this.#origin}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const answer = (await response.json()) as { status: string; error?: string; data: { result: never } };
    if (answer.status !== "success") throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#program[Symbol.asyncDispose]();
  }
}
