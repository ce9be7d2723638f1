import { runWrk } from "../load/wrk.ts";
import { type Receiver, type RunningReceiver, startReceiver } from "../peers/receivers.ts";
import type { Application } from "../peers/receiving-server.ts";
import { checkSeenClient } from "./client-check.ts";
import { cpuForWrk } from "./cpu-time.ts";
import type { Line } from "./line.ts";

/** What PROXY headers cost a server of `node:net`. */
export const receiveNetLine: Line<Receiver> = receiveLine("net");

/** The same of `node:http`. */
export const receiveHttpLine: Line<Receiver> = receiveLine("http");

function receiveLine(application: Application): Line<Receiver> {
  const about = `One request on each, 50 at a time, through HAProxy; the server answers with its client's address and port. HAProxy sends version 2, version 1 to findhit-proxywrap, which knows no other, and nothing to "no header", which takes HAProxy for the client.`;
  return {
    name: `receive-${application}`,
    group: "receive",
    about: `what PROXY headers cost a node:${application} server for a connection, and how many it serves`,
    rounds: 7,
    warmsUp: true,
    needs: ["haproxy", "wrk"],
    absent: {},
    figures: [
      {
        key: "cpu",
        title: `CPU time of a node:${application} server for a connection`,
        about: `${about} Of the server's process alone.`,
        unit: "µs",
        targets: [{ kind: "cost", of: "proxyProtocol", over: "no header", atMost: 1.3, atMostOnNewest: 1.5 }],
      },
      {
        key: "cpu",
        title: `CPU time that the PROXY header takes of that, node:${application}`,
        about: "What each takes more than the server without a header, in the same round.",
        unit: "µs",
        beyondReference: true,
        targets: [],
      },
      {
        key: "rate",
        title: `Connections per second of a node:${application} server`,
        about: `${about} Load, HAProxy and server share the machine.`,
        unit: "/s",
        better: "more",
        elapsed: true,
        targets: [],
      },
    ],
    async open(folder) {
      const started = new Map<string, RunningReceiver>();
      /** At its first turn, then left running. */
      const start = async (receiver: Receiver): Promise<RunningReceiver> => {
        const subject = await startReceiver(receiver, application, folder);
        started.set(receiver.name, subject);
        await checkSeenClient(subject.port, receiver.sends !== "").catch((error: Error) => {
          throw new Error(`${receiver.name}: ${error.message}`);
        });
        // V8 needs more than the round that does not count: what it has not compiled yet costs twice as much.
        await runWrk(subject.port, true);
        return subject;
      };
      return {
        async measure(receiver) {
          const subject = started.get(receiver.name) ?? (await start(receiver));
          const { perUnit = 0, perSecond } = await cpuForWrk(subject, true);
          return [
            { figure: "cpu", value: perUnit },
            { figure: "rate", value: perSecond },
          ];
        },
        close: async () => void (await Promise.all([...started.values()].map((subject) => subject.stop()))),
      };
    },
  };
}
