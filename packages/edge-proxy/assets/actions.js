/** What `actions` tells after something was done, or could not be. */
export class ActionDone extends Event {
  /** @param {string} message @param {boolean} failed */
  constructor(message, failed) {
    super("done");
    this.message = message;
    this.failed = failed;
  }
}

/** Sends what the buttons ask for. Told afterwards: the event `done`. */
class Actions extends EventTarget {
  /** @param {string} group @param {string} target */
  drain(group, target) {
    return this.#post(group, target, "drain", `${target} of ${group} gets no new flows`);
  }

  /** @param {string} group @param {string} target */
  ready(group, target) {
    return this.#post(group, target, "ready", `${target} of ${group} is back; its health checks decide`);
  }

  /** @param {string} group @param {string} target @param {string} result healthy, unhealthy or none */
  force(group, target, result) {
    const done =
      result === "none"
        ? `The health checks of ${target} are real again`
        : `The next health checks of ${target} find it ${result}`;
    return this.#post(group, target, `force?result=${encodeURIComponent(result)}`, done);
  }

  /** @param {string} group @param {string} target @param {string} action @param {string} done */
  async #post(group, target, action, done) {
    const url = `/api/target-groups/${encodeURIComponent(group)}/targets/${encodeURIComponent(target)}/${action}`;
    try {
      const response = await fetch(url, { method: "POST" });
      const answer = await response.json();
      this.dispatchEvent(response.ok ? new ActionDone(done, false) : new ActionDone(String(answer.error), true));
    } catch (error) {
      this.dispatchEvent(new ActionDone(`Nobody answered: ${error}`, true));
    }
  }
}

export const actions = new Actions();
