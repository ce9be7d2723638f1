import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { EdgeProxyError, systemReason } from "../../error.ts";
import { checkModel } from "../../model/check-model.ts";
import { emptyModel, type Model, partBy } from "../../model/model.ts";
import { pathText } from "../../model/problem.ts";
import { modelFromState, stateOf } from "./state.ts";

/**
 * Keeps what the API has made over restarts, in one JSON file. The file is always replaced as a whole, so that after a crash it
 * has either its old content or its new one.
 */
export class StateFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Reads what was kept. A missing file is created, so that one that cannot be written is noticed at the start.
   * @throws EdgeProxyError `EDGE_STATE_UNUSABLE`; the file has not been changed then
   */
  async load(): Promise<Model> {
    let text: string;
    try {
      text = await readFile(this.#file, "utf8");
      await access(dirname(this.#file), constants.W_OK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw this.#unusable(systemReason(error), error);
      await this.save(emptyModel).catch((reason: Error) => {
        throw this.#unusable(reason.message, reason);
      });
      return emptyModel;
    }
    return this.#parse(text);
  }

  /** Replaces the file's content, and waits until the disk has it. */
  save(model: Model): Promise<void> {
    return writeFileAtomic(this.#file, `${JSON.stringify(stateOf(partBy(model, "api")), null, 2)}\n`, { mode: 0o600 });
  }

  #parse(text: string): Model {
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch (error) {
      throw this.#unusable(`it is not JSON, or was cut off (${(error as Error).message})`, error);
    }
    const read = modelFromState(content);
    if ("problem" in read) throw this.#unusable(read.problem);
    const [problem] = checkModel(read.model).filter(({ path }) => !mayComeFromConfig(path));
    if (problem !== undefined) throw this.#unusable(`${pathText(problem.path)}: ${problem.message}`);
    return read.model;
  }

  #unusable(reason: string, cause?: unknown): EdgeProxyError {
    const advice = "it has been left as it was; name another file, or move this one away to begin with nothing";
    return new EdgeProxyError("EDGE_STATE_UNUSABLE", `cannot use the state file ${this.#file}: ${reason}; ${advice}`, {
      cause,
    });
  }
}

/** A listener may send to a group of the config. That is checked when both are put together. */
function mayComeFromConfig(path: readonly (string | number)[]): boolean {
  return path[2] === "listeners" && String(path[4]).startsWith("targetGroup");
}
