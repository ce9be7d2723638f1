import type { ExplainSnapshot, Explanation } from "../control/explain.ts";
import { type QuestionText, readQuestion } from "../control/explain-question.ts";
import { EdgeProxyError } from "../error.ts";
import { explanationText } from "./explanation-text.ts";
import { exitCodes, print, printJson } from "./output.ts";

export interface ExplainCommandOptions extends QuestionText {
  /** Without a file, a running instance is asked. */
  readonly admin?: URL;
  readonly json?: boolean;
}

/** `edge-proxy explain [FILE] --from … --to …` */
export async function explain(file: string | undefined, options: ExplainCommandOptions): Promise<void> {
  const { admin, json = false, from, to, via, seed } = options;
  const question = { from, to, via, seed };
  if ((file === undefined) === (admin === undefined)) {
    throw new EdgeProxyError("EDGE_USAGE", "give either a config file, or --admin with the URL of a running instance");
  }
  const explanation =
    file === undefined ? await askInstance(admin as URL, question) : await explainFile(file, question);
  if (json) printJson(explanation);
  else print(explanationText(explanation));
  if (explanation.target === undefined) process.exitCode = exitCodes.failed;
}

async function askInstance(admin: URL, question: QuestionText): Promise<Explanation> {
  const { askAdmin, errorOf, unreachable } = await import("./admin-client.ts");
  const { status, body } = await askAdmin(admin, "/explain", { ...question });
  if (status === 200) return body as Explanation;
  const why = errorOf(body) ?? `/explain answers ${status}`;
  if (status === 400 || status === 422) throw new EdgeProxyError("EDGE_USAGE", why);
  throw unreachable(admin, why);
}

async function explainFile(file: string, text: QuestionText): Promise<Explanation> {
  const { explain } = await import("../control/explain.ts");
  const question = readQuestion(text);
  if ("problem" in question) throw new EdgeProxyError("EDGE_USAGE", question.problem);
  const { loadConfigInput } = await import("./config-input.ts");
  const { model } = await loadConfigInput(file);
  const { clientIp, notes } = await clientIpHere(model);
  const healthy = { name: "healthy", failures: 0 } as const;
  const answer = explain({ model, clientIp, stateOf: () => healthy }, question);
  if ("problem" in answer) throw new EdgeProxyError("EDGE_USAGE", answer.problem);
  const taken = "Nothing is running: every target is taken as healthy. --admin asks a running instance.";
  return { ...answer, notes: [taken, ...answer.notes, ...notes] };
}

/** What this machine can do; what a config asks for by name is taken as granted where it cannot. */
async function clientIpHere(
  model: ExplainSnapshot["model"],
): Promise<{ readonly clientIp: ExplainSnapshot["clientIp"]; readonly notes: readonly string[] }> {
  const { chooseClientIp } = await import("../control/client-ip.ts");
  const { thisHost } = await import("../control/client-ip-host.ts");
  const { TransparentSockets } = await import("../data/transparent-socket.ts");
  try {
    return { clientIp: await chooseClientIp(model, thisHost(new TransparentSockets())), notes: [] };
  } catch (error) {
    if (!(error instanceof EdgeProxyError)) throw error;
    const able = { transparent: async () => undefined, returnRoutes: () => undefined, loopback: async () => undefined };
    return { clientIp: await chooseClientIp(model, able), notes: [`\`run\` would refuse here: ${error.message}`] };
  }
}
