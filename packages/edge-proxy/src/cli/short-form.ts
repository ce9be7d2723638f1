/** The command whose name may be left out. */
export const shortForm = "forward";

/**
 * Whether a command line is the short form: its first word is a place to listen (`8080`, `127.0.0.1:8080`), or an option that
 * no command stands behind. Anything else is a command, or was meant to be one.
 * @param words what comes after the program's name
 */
export function isShortForm(words: readonly string[], commands: readonly string[]): boolean {
  const [first] = words;
  if (first === undefined || ownOptions.has(first)) return false;
  // One that is wrong shall be called a wrong address, and not an unknown command.
  if (/^\d|[:[]/.test(first)) return true;
  return first.startsWith("-") && !words.some((word) => commands.includes(word));
}

const ownOptions = new Set(["-h", "--help", "-V", "--version"]);
