import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { EdgeProxyError } from "../../error.ts";
import { accountId } from "../../model/arn.ts";
import { checkAddressFamilies } from "../../model/check-address-families.ts";
import { checkModel } from "../../model/check-model.ts";
import type { Model } from "../../model/model.ts";
import type { Answer, ApiHost } from "./action.ts";
import { actions } from "./actions.ts";
import { ApiError } from "./api-error.ts";
import { parseParams } from "./params.ts";
import { errorXml, responseXml, type Shape } from "./xml.ts";

export interface Elbv2ApiOptions {
  readonly host: ApiHost;
  /** The current region of callers whose signature names none. */
  readonly region: () => string;
  /** The current model. */
  readonly model: () => Model;
  /** Changes the model. Resolves when the change is in force; rejects when it is refused, and nothing has changed then. */
  readonly change: (edit: (current: Model) => Model) => Promise<void>;
}

export interface ApiRequest {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const version = "2015-12-01";

/**
 * The ELBv2 API in AWS's query protocol, for the real CLI and SDKs. Signatures are not checked: whoever reaches the port may
 * call. Source: AWS, "Elastic Load Balancing API Reference, version 2015-12-01".
 */
export class Elbv2Api {
  readonly #options: Elbv2ApiOptions;

  constructor(options: Elbv2ApiOptions) {
    this.#options = options;
  }

  /** Answers one request. Never rejects. */
  async handle({ body, headers }: ApiRequest): Promise<ApiResponse> {
    const requestId = randomUUID();
    try {
      return respond(200, requestId, await this.#answer(body, headers.authorization, requestId));
    } catch (error) {
      const refusal = error instanceof ApiError ? error : failure(error);
      return respond(refusal.status, requestId, errorXml(refusal, requestId));
    }
  }

  async #answer(body: string, authorization: string | undefined, requestId: string): Promise<string> {
    const params = parseParams(body);
    const name = params.string("Action");
    if (name === undefined || name === "") throw new ApiError("MissingAction", "Missing Action");
    if (name === "GetCallerIdentity") return responseXml("sts", name, callerIdentity, requestId);
    const action = actions.get(name);
    const asked = params.string("Version") ?? version;
    if (action === undefined || asked !== version) {
      throw new ApiError("InvalidAction", `Could not find operation ${name} for version ${asked}`);
    }
    const { host, model } = this.#options;
    const region = regionOf(authorization) ?? this.#options.region();
    const call = (current: Model) => action({ params, model: current, region, host });
    if (readsOnly(name)) return responseXml("elbv2", name, call(model()).result ?? {}, requestId);
    let answer: Answer = {};
    await this.#options.change((current) => {
      answer = call(current);
      return answer.model === undefined ? current : checked(answer.model);
    });
    const { result = {}, registered } = answer as Answer;
    for (const target of registered?.targets ?? []) host.readyTarget(registered?.group ?? "", target);
    return responseXml("elbv2", name, result, requestId);
  }
}

/** What AWS calls the reasons for which a call does not come as far as the API. */
const codes: Readonly<Record<number, string>> = {
  401: "InvalidClientTokenId",
  403: "AccessDenied",
  413: "RequestEntityTooLarge",
};

/** Says no to a call that is not to come as far as the API, in the form that its callers read. */
export function refusedCall(status: number, message: string): ApiResponse {
  const requestId = randomUUID();
  const error = new ApiError(codes[status] ?? "ValidationError", message, status);
  return respond(status, requestId, errorXml(error, requestId));
}

/** Applies the checks that every way into the model shares. The action itself has made most of them before, in AWS's words. */
function checked(model: Model): Model {
  const inApi = model.loadBalancers.map(({ identity }) => identity.origin.by === "api");
  const families = checkAddressFamilies(model).filter(({ path }) => inApi[path[1] as number]);
  const [problem] = [...checkModel(model), ...families];
  if (problem !== undefined) throw ApiError.invalidConfiguration(problem.message);
  return model;
}

function readsOnly(action: string): boolean {
  return action.startsWith("Describe");
}

const callerIdentity: Shape = {
  Arn: `arn:aws:iam::${accountId}:root`,
  UserId: "AKIAEDGEPROXYEXAMPLE",
  Account: accountId,
};

/** `Credential=KEY/DATE/REGION/SERVICE/aws4_request` */
function regionOf(authorization: string | undefined): string | undefined {
  return /Credential=[^/,]*\/\d{8}\/([a-z]{2}(?:-[a-z]+)+-\d)\//.exec(authorization ?? "")?.[1];
}

/** An error from outside the API, in the API's form. */
function failure(error: unknown): ApiError {
  if (error instanceof EdgeProxyError) return ApiError.invalidConfiguration(error.message);
  return new ApiError("InternalFailure", error instanceof Error ? error.message : String(error), 500);
}

function respond(status: number, requestId: string, body: string): ApiResponse {
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
}
