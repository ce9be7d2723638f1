import { EdgeProxyError } from "../../error.ts";
import { refusedCall } from "../elbv2/elbv2-api.ts";
import type { AdminView } from "./admin-view.ts";
import { flowLogParameters, flowLogQuery } from "./flow-log-query.ts";
import { flowQuery } from "./flow-query.ts";
import { pageRoutes } from "./page.ts";
import { json, jsonLines, longJson, type Refuse, type Reply, refusal, text } from "./reply.ts";
import { maxBodyBytes, readBody } from "./request-body.ts";
import type { Call, Route } from "./router.ts";

const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/** Every path of the admin server. docs/admin.md describes each. */
export function adminRoutes(view: AdminView): Route[] {
  return [
    ...pageRoutes(),
    { method: "GET", path: "/healthz", isPublic: true, answer: () => json(200, { status: "ok" }) },
    {
      method: "GET",
      path: "/ready",
      isPublic: true,
      answer: () => {
        const readiness = view.readiness();
        return json(readiness.ready ? 200 : 503, readiness);
      },
    },
    { method: "GET", path: "/metrics", answer: async () => text(200, metricsType, await view.metrics()) },
    upToDate({ method: "GET", path: "/api/metrics/cloudwatch", answer: () => json(200, view.cloudWatch()) }),
    upToDate({
      method: "GET",
      path: "/api/state",
      query: ["targets"],
      answer: ({ query }) => {
        const targets = query.get("targets");
        if (targets !== null && !/^\d{1,6}$/.test(targets)) {
          return refusal(400, `targets must be a whole number from 0 to 999999, but was '${targets}'`);
        }
        return longJson(200, view.state(targets === null ? undefined : Number(targets)));
      },
    }),
    upToDate({
      method: "GET",
      path: "/api/flows",
      query: ["limit", "target", "state"],
      answer: ({ query }) => {
        const asked = flowQuery(query);
        return "status" in asked ? asked : json(200, view.flows(asked));
      },
    }),
    {
      method: "GET",
      path: "/api/flow-log",
      query: flowLogParameters,
      answer: ({ query }) => {
        const asked = flowLogQuery(query);
        return "status" in asked ? asked : jsonLines((destination) => view.followFlowLog(asked, destination));
      },
    },
    ...targetRoutes(view).map(upToDate),
    ...optionalRoutes(view),
  ];

  function upToDate(route: Route): Route {
    return {
      ...route,
      answer: async (call) => {
        await view.refresh();
        return route.answer(call);
      },
    };
  }
}

function targetRoutes(view: AdminView): Route[] {
  const path = "/api/target-groups/:group/targets/:target";
  return [
    { method: "POST", path: `${path}/drain`, answer: onTarget((group, target) => view.drain(group, target)) },
    { method: "POST", path: `${path}/ready`, answer: onTarget((group, target) => view.ready(group, target)) },
    {
      method: "POST",
      path: `${path}/force`,
      query: ["result"],
      answer: (call) => {
        const result = call.query.get("result");
        if (result !== "healthy" && result !== "unhealthy" && result !== "none") {
          return refusal(400, "result must be healthy, unhealthy or none");
        }
        const forced = result === "none" ? undefined : result;
        return onTarget((group, target) => view.forceHealth(group, target, forced))(call);
      },
    },
  ];

  /** Acts on the target and answers with its state afterwards. */
  function onTarget(act: (group: string, target: string) => void): (call: Call) => Reply {
    return ({ params: { group = "", target = "" } }) =>
      orRangeError(404, () => {
        act(group, target);
        return json(200, view.targetState(group, target));
      });
  }
}

function optionalRoutes({ explain, reload, shutdown, elbv2 }: AdminView): Route[] {
  const routes: (Route | undefined)[] = [
    explain && {
      method: "GET",
      path: "/explain",
      query: ["from", "to", "via", "seed"],
      answer: ({ query }) => {
        const of = (name: string): string | undefined => query.get(name) ?? undefined;
        return orRangeError(400, () => {
          const answer = explain({ from: of("from"), to: of("to"), via: of("via"), seed: of("seed") });
          return "problem" in answer ? refusal(400, String(answer.problem)) : json(200, answer);
        });
      },
    },
    reload && { method: "POST", path: "/api/reload", answer: () => orInvalid(async () => json(200, await reload())) },
    shutdown && {
      method: "POST",
      path: "/api/shutdown",
      query: ["drain"],
      answer: ({ query }) => {
        const drain = query.get("drain") ?? "5";
        if (!/^\d{1,6}(\.\d+)?$/.test(drain)) return refusal(400, "drain must be a number of seconds from 0");
        shutdown(Number(drain));
        return json(202, { status: "shutting down", drainSeconds: Number(drain) });
      },
    },
    elbv2 && {
      method: "POST",
      path: "/",
      refuse: refuseAwsClient,
      answer: async ({ request }) => {
        const body = await readBody(request);
        if (body === undefined) return refuseAwsClient(413, `a request may have ${maxBodyBytes} bytes at most`);
        return elbv2({ body, headers: request.headers });
      },
    },
  ];
  return routes.filter((route) => route !== undefined);
}

/** In XML: an AWS client that gets anything else says only that it cannot read it. */
const refuseAwsClient: Refuse = (status, error, headers = {}) => {
  const refused = refusedCall(status, error);
  return { ...refused, headers: { ...refused.headers, ...headers } };
};

/** A RangeError means that what the request names does not exist. */
function orRangeError(status: number, answer: () => Reply): Reply {
  try {
    return answer();
  } catch (error) {
    if (error instanceof RangeError) return refusal(status, error.message);
    throw error;
  }
}

/** An invalid config is its author's mistake, not the server's. */
async function orInvalid(answer: () => Reply | Promise<Reply>): Promise<Reply> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof EdgeProxyError)
      return json(422, { error: error.message, code: error.code, problems: error.problems });
    throw error;
  }
}
