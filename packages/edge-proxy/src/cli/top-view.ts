import { type AdminState, totalBytes } from "./admin-state.ts";
import { flowSummary, size, stateTables, table } from "./state-tables.ts";
import type { Style } from "./style.ts";

/** What the person at the keys has chosen. */
export interface TopView {
  readonly filter: string;
  /** The filter is being typed. */
  readonly typing: boolean;
  /** Flows are shown, one a line. */
  readonly detail: boolean;
  readonly help: boolean;
}

export const firstView: TopView = { filter: "", typing: false, detail: false, help: false };

/** What a key does; `quit` for those that end it. */
export function press(view: TopView, key: string): TopView | "quit" {
  if (key === "\u0003") return "quit";
  if (view.typing) {
    if (key === "\r" || key === "\n") return { ...view, typing: false };
    if (key === "\u001b") return { ...view, typing: false, filter: "" };
    if (key === "\u007f" || key === "\b") return { ...view, filter: view.filter.slice(0, -1) };
    return /^[\x20-\x7e]+$/.test(key) ? { ...view, filter: view.filter + key } : view;
  }
  switch (key) {
    case "q":
      return "quit";
    case "f":
    case "/":
      return { ...view, typing: true };
    case "d":
      return { ...view, detail: !view.detail };
    case "?":
      return { ...view, help: !view.help };
    case "\u001b":
      return { ...view, filter: "", help: false };
    default:
      return view;
  }
}

/** What has been read, at a time. */
export interface Sample {
  readonly state: AdminState;
  readonly atMs: number;
  /** Undefined while they are not shown. */
  readonly flows?: readonly AdminFlow[] | "unknown";
}

/** A row of `/api/flows`. */
export interface AdminFlow {
  readonly client: string;
  readonly listener: string;
  readonly target: string;
  readonly state: string;
  readonly bytesFromClient: number;
  readonly bytesFromTarget: number;
  readonly ageSeconds: number;
  readonly idleSeconds: number;
}

/** The lines of a frame. */
export function frame(view: TopView, now: Sample, before: Sample | undefined, admin: string, style: Style): string[] {
  if (view.help) return help.map((line) => `  ${line}`);
  const { state, flows } = now;
  const filter = view.typing || view.filter !== "" ? `  filter: ${view.filter}${view.typing ? "▏" : ""}` : "";
  return [
    `${style("bold", "edge-proxy top")}  ${admin}${style("cyan", filter)}`,
    "",
    flowSummary(state, totalBytes(state)),
    rates(now, before),
    "",
    ...stateTables(state, style, view.filter),
    ...(view.detail ? flowTable(flows, style, view.filter) : []),
    style("dim", "q quit  f filter  d flows  ? help"),
  ];
}

function rates(now: Sample, before: Sample | undefined): string {
  if (before === undefined) return "Now:   …";
  const seconds = (now.atMs - before.atMs) / 1000;
  const opened = (now.state.flows.flowsOpened - before.state.flows.flowsOpened) / seconds;
  const bytes = (totalBytes(now.state) - totalBytes(before.state)) / seconds;
  // After a restart of the instance the counts begin anew.
  return opened < 0
    ? "Now:   …"
    : `Now:   ${opened.toFixed(opened < 10 ? 1 : 0)} new flows/s, ${size(Math.max(0, bytes))}/s`;
}

function flowTable(flows: Sample["flows"], style: Style, filter: string): string[] {
  if (flows === undefined) return [];
  if (flows === "unknown") return ["This instance does not list its flows.", ""];
  const rows = flows.map((flow) => [
    flow.client,
    flow.listener,
    flow.target,
    flow.state,
    size(flow.bytesFromClient),
    size(flow.bytesFromTarget),
    `${Math.round(flow.ageSeconds)} s`,
    `${Math.round(flow.idleSeconds)} s`,
  ]);
  return [...table(["CLIENT", "LISTENER", "TARGET", "STATE", "IN", "OUT", "AGE", "IDLE"], rows, style, filter), ""];
}

const help = [
  "q        quit (or Ctrl-C)",
  "f or /   filter: rows with this text; Enter keeps it, Esc clears it",
  "d        flows, one a line, the oldest first",
  "?        this help",
];
