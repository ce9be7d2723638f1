import { type FSWatcher, watch } from "chokidar";

/** How long a file must have been quiet: editors write in several steps. */
const quietMs = 100;

/** Says when a config file has changed, whether it was written in place or replaced by a rename, also a link's target. */
export class ConfigWatch {
  readonly #watcher: FSWatcher;

  /** @param onError told when watching fails, which is no reason to stop traffic */
  constructor(file: string, onChange: () => void, onError: (error: Error) => void) {
    this.#watcher = watch(file, {
      ignoreInitial: true,
      atomic: true,
      awaitWriteFinish: { stabilityThreshold: quietMs, pollInterval: quietMs / 4 },
    });
    this.#watcher.on("add", onChange).on("change", onChange);
    this.#watcher.on("error", (error) => onError(error as Error));
  }

  /** Resolves when a change would be seen. */
  get ready(): Promise<void> {
    return new Promise((resolve) => {
      this.#watcher.once("ready", resolve);
    });
  }

  close(): Promise<void> {
    return this.#watcher.close();
  }
}
