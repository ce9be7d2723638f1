import { EdgeProxyError } from "../error.ts";
import { checkModel } from "../model/check-model.ts";
import { type Model, together } from "../model/model.ts";
import { pathText, sentence } from "../model/problem.ts";

/**
 * One model from a config and from what the API has made.
 * @throws EdgeProxyError `EDGE_CONFIG_INVALID` where the two contradict each other
 */
export function combineModels(configured: Model, made: Model): Model {
  const model = together(configured, made);
  const problems = checkModel(model);
  if (problems.length === 0) return model;
  const lines = problems.map(({ path, message, hint }) => `${pathText(path)}: ${sentence(message, hint)}`);
  throw new EdgeProxyError("EDGE_CONFIG_INVALID", lines);
}
