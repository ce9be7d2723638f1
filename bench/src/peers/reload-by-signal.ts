import type { ReloadableSubject, Subject } from "./contestant.ts";
import type { ProxySetup } from "./proxy-setup.ts";

/** For a program that reads its config file again at a signal: each `reload` first writes the other of the two setups. */
export function reloadBySignal(
  subject: Subject,
  signal: NodeJS.Signals,
  [before, after]: readonly [ProxySetup, ProxySetup],
  writeConfig: (setup: ProxySetup) => void,
): ReloadableSubject {
  let turn = 0;
  const reload = (): void => {
    writeConfig(++turn % 2 === 1 ? after : before);
    subject.running?.signal(signal);
  };
  return { ...subject, reload };
}
