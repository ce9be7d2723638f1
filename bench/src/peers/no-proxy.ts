import type { Contestant } from "./contestant.ts";

/** The load goes to the target itself, and brings the header with it. */
export const noProxy: Contestant = {
  name: "no proxy",
  kind: "no proxy",
  start: async ({ targets }) => ({ port: targets[0]?.port ?? 0, withHeader: true }),
};
