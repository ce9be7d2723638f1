import type { Option } from "commander";
import { option } from "./option.ts";
import { parseAdminUrl } from "./value.ts";

const defaultAdmin = "http://127.0.0.1:9901";

/** Which running instance a command asks. */
export function adminOption(): Option {
  return option(
    "--admin <url>",
    "the running instance: a URL (with ?token=TOKEN if it asks for a token), ADDRESS:PORT or PORT",
    {
      parse: parseAdminUrl,
      default: parseAdminUrl(defaultAdmin),
    },
  ).default(parseAdminUrl(defaultAdmin), defaultAdmin);
}
