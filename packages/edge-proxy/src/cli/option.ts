import { Option } from "commander";

/**
 * An option that a variable of the environment can set too, `EDGE_PROXY_` and its name; the command line wins. For an option
 * without a value, `0`, `false` and nothing leave it off.
 */
export function option<Value>(
  flags: string,
  description: string,
  rest: {
    /** @param before what an earlier use of the option gave */
    readonly parse?: (text: string, before: Value | undefined) => Value;
    readonly default?: Value;
    readonly choices?: readonly string[];
  } = {},
): Option {
  const made = new Option(flags, description);
  if (rest.default !== undefined) made.default(rest.default);
  if (rest.choices !== undefined) made.choices(rest.choices);
  if (rest.parse !== undefined) made.argParser(rest.parse);
  const variable = `EDGE_PROXY_${made.name().toUpperCase().replaceAll("-", "_")}`;
  const takesValue = made.required || made.optional;
  // To commander a variable that exists switches such an option on, whatever it says.
  const isOff = !takesValue && ["", "0", "false"].includes(process.env[variable] ?? "unset");
  return isOff ? made : made.env(variable);
}
