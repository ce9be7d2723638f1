import { deliverHere, type IpCommand, returnRules, ruleCommand } from "../control/return-rules.ts";
import { loadConfigInput } from "./config-input.ts";
import { print, printJson } from "./output.ts";

interface RoutesOptions {
  readonly remove?: boolean;
  readonly json?: boolean;
}

/** `edge-proxy routes FILE` */
export async function routes(file: string, { remove = false, json = false }: RoutesOptions): Promise<void> {
  const { model } = await loadConfigInput(file);
  const rules = returnRules(model);
  if (json) {
    const verbs = remove ? (["del", "del"] as const) : (["replace", "add"] as const);
    const commands = [...deliverHere(rules, verbs[0]), ...rules.map((rule) => ruleCommand(rule, verbs[1]))];
    return printJson({ rules, commands: commands.map((command) => ["ip", ...command]) });
  }
  if (rules.length === 0) {
    print("# Nothing to do: no target group here preserves the addresses of clients on other machines.\n");
    return;
  }
  const removals = rules.map((rule) => quietly(ruleCommand(rule, "del")));
  const lines = remove
    ? [...removals, ...deliverHere(rules, "del").map(quietly)]
    : [
        ...deliverHere(rules).map(shell),
        // A rule that is there already would be an error, so that it is taken away first.
        ...rules.flatMap((rule, i) => [removals[i], shell(ruleCommand(rule, "add"))]),
      ];
  print(`${lines.join("\n")}\n`);
}

function shell(command: IpCommand): string {
  return ["ip", ...command].join(" ");
}

/** Without a word when there is nothing to remove. */
function quietly(command: IpCommand): string {
  return `${shell(command)} 2>/dev/null || true`;
}
