/** @import { EdgeProxyState } from "@edgekit/edge-proxy" */

/** More than that at once are counted. */
const named = 3;

/**
 * What happened to targets between two answers, for people who do not watch every row.
 * @param {EdgeProxyState} before
 * @param {EdgeProxyState} after
 */
export function changes(before, after) {
  const known = new Map(rows(before));
  const news = rows(after).flatMap(([key, state]) => {
    const was = known.get(key);
    return was === undefined || was === state ? [] : [new Change(`${key} is ${state}`, state.startsWith("unhealthy"))];
  });
  if (news.length <= named) return news;
  return [
    new Change(
      `${news.length} targets have a new state`,
      news.some(({ isBad }) => isBad),
    ),
  ];
}

class Change {
  /** @param {string} text @param {boolean} isBad */
  constructor(text, isBad) {
    this.text = text;
    this.isBad = isBad;
  }

  toString() {
    return this.text;
  }
}

/** @param {EdgeProxyState} state @returns {[string, string][]} */
function rows({ targetGroups }) {
  return targetGroups.flatMap(({ name, targets }) =>
    targets.map(({ key, TargetHealth }) => /** @type {[string, string]} */ ([`${key} of ${name}`, TargetHealth.State])),
  );
}
