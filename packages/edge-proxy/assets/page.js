import { ActionDone, actions } from "./actions.js";
import { balancerCard } from "./balancers.js";
import { byId, el, keyed, setText } from "./dom.js";
import { Ends } from "./ends.js";
import { Explain } from "./explain.js";
import { groupCard } from "./groups.js";
import { showLimits } from "./limits.js";
import { noticesOf } from "./notices.js";
import { span, timeOfDay } from "./numbers.js";
import { Overview } from "./overview.js";
import { Poll } from "./poll.js";
import { Toast } from "./toast.js";
import { changes } from "./transitions.js";
import { showWorkers } from "./workers.js";

/** @import { EdgeProxyState } from "@edgekit/edge-proxy" */

const overview = new Overview(byId("tiles"));
const ends = new Ends(byId("ends"));
const explain = new Explain(/** @type {HTMLFormElement} */ (byId("explain")), byId("explain-to"));
const toast = new Toast(byId("toast"));
const live = byId("live");
const pause = byId("pause");
/** @type {EdgeProxyState | undefined} */
let last;

/** @param {EdgeProxyState} state */
function show(state) {
  const seconds = last === undefined ? 0 : (Date.parse(state.at) - Date.parse(last.at)) / 1000;
  setText(
    byId("version"),
    `${state.version} · up ${span((Date.parse(state.at) - Date.parse(state.startedAt)) / 1000)}`,
  );
  keyed(byId("notices"), noticesOf(state), ({ text }) => text, notice);
  overview.update(state, seconds);
  const groups = state.targetGroups.map((group) => ({ group, state, seconds }));
  keyed(byId("groups"), groups, ({ group }) => group.name, groupCard);
  keyed(
    byId("balancers"),
    state.loadBalancers.map(({ name }) => ({ name, state })),
    ({ name }) => name,
    balancerCard,
  );
  for (const id of ["groups", "balancers"]) byId(id).dataset.empty = String(byId(id).childElementCount === 0);
  explain.update(state);
  ends.update(state);
  showWorkers(byId("workers-section"), byId("workers"), state);
  showLimits(byId("limits"), state);
  const news = last === undefined ? [] : changes(last, state);
  if (news.length > 0)
    toast.say(
      news.join(". "),
      news.some(({ isBad }) => isBad),
    );
  last = state;
}

/** @param {{ text: string, kind: string }} item */
function notice({ text, kind }) {
  return { node: el("p", { class: "notice", "data-kind": kind }, text), update() {} };
}

// A table with more rows is no help, and costs more on both sides than it is worth.
const poll = new Poll("/api/state?targets=100");
poll.addEventListener("answer", () => {
  show(/** @type {EdgeProxyState} */ (poll.answer));
});
poll.addEventListener("status", () => {
  live.dataset.state = poll.status;
  const at = poll.answeredAt === undefined ? "" : timeOfDay(poll.answeredAt);
  const words = {
    waiting: "asking …",
    live: `live, ${at}`,
    paused: `paused at ${at}`,
    lost: `no answer since ${at}: ${poll.problem}`,
  };
  setText(byId("live-text"), words[poll.status]);
});
pause.addEventListener("click", () => {
  const isPaused = poll.status !== "paused";
  pause.setAttribute("aria-pressed", String(isPaused));
  setText(pause, isPaused ? "Go on" : "Pause");
  if (isPaused) poll.pause();
  else poll.start();
});
actions.addEventListener("done", (event) => {
  if (!(event instanceof ActionDone)) return;
  toast.say(event.message, event.failed);
  poll.soon();
});
poll.start();
