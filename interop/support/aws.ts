import { Program } from "./process.ts";

/** Debian's AWS CLI, pointed at a stand-in. */
export class Aws {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Runs `aws …` to its end. @returns what it printed, without white space around it */
  async run(...args: readonly string[]): Promise<{ readonly output: string; readonly exitCode: number | null }> {
    // Nothing of this machine's own set-up, and nothing that asks the network.
    const env = {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_PAGER: "",
    };
    await using aws = await Program.start(() => [
      "env",
      "--ignore-environment",
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...["aws", "--region", "us-east-1", "--endpoint-url", this.#url, ...args],
    ]);
    const output = (await aws.finishes()).trim();
    return { output, exitCode: aws.process.exitCode };
  }

  /** `aws elbv2 …` that must succeed. @returns its answer; undefined when it prints nothing */
  async elbv2(...args: readonly string[]): Promise<unknown> {
    const text = await this.#succeeds("elbv2", ...args, "--output", "json");
    return text === "" ? undefined : JSON.parse(text);
  }

  /** One value of the answer of `aws elbv2 …`, as shell scripts ask for it. */
  pick(path: string, ...args: readonly string[]): Promise<string> {
    return this.#succeeds("elbv2", ...args, "--query", path, "--output", "text");
  }

  async #succeeds(...args: readonly string[]): Promise<string> {
    const { output, exitCode } = await this.run(...args);
    if (exitCode !== 0) throw new Error(`aws ${args.join(" ")} ended with ${exitCode}: ${output}`);
    return output;
  }
}
