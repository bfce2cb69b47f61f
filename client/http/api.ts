/**
 * needs:    shared/routes.ts, shared/problem.ts, the types of shared/contract.ts.
 * does:     calls our REST API: JSON in and out, a deadline per call, a function per operation of the first view.
 * must not: hide a failure: every answer that the contract does not allow is an ApiError.
 */

import { firstRoutes } from "../../shared/first-routes.ts";
import type { Problem, ProblemCode } from "../../shared/problem.ts";
import type { Route } from "../../shared/routes.ts";
import type { ChallengeOtpRequest, ChallengeOtpResponse, ConfigResponse, SessionResponse } from "./bodies.ts";
import { noteServerTime } from "./server-time.ts";

/** `unreachable`: no answer in time, or an answer of something else, such as a proxy's HTML. */
export type ApiErrorCode = ProblemCode | "unreachable";

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  readonly problem: Problem | undefined;

  constructor(code: ApiErrorCode, problem?: Problem, options?: { readonly cause: unknown }) {
    super(problem?.title ?? code);
    // Not passed to `super`, which takes no cause in projects that are typed for ES2020.
    Object.assign(this, options);
    this.code = code;
    this.problem = problem;
  }
}

/** The operations that the first view needs. account-api.ts has the rest. */
export interface Api {
  getConfig(): Promise<ConfigResponse>;
  getSession(): Promise<SessionResponse>;
  challengeOtp(body: ChallengeOtpRequest): Promise<ChallengeOtpResponse>;
  /**
   * Any other operation. Rejects with an ApiError unless the answer is a success. `keepalive`: the request outlives the
   * page.
   */
  call(route: Route, body?: object, keepalive?: boolean): Promise<Response>;
  /**
   * The same, for its JSON. `Body` is the route's answer in the contract; `mark` is a member that the JSON of a proxy
   * does not have.
   */
  read<Body extends object>(route: Route, mark: keyof Body, body?: object): Promise<Body>;
}

/** Milliseconds. Longer than the server's deadline for Authsignal, so that the server's error arrives first. */
const deadline = 12_000;

export interface ApiOptions {
  /**
   * `include` for an API on another origin, which must answer with CORS headers that allow credentials. Default
   * `same-origin`.
   */
  readonly credentials?: RequestCredentials;
  /** Sends the requests, in the place of `fetch`: `createBearerFetch` (bearer.ts) adds a token. */
  readonly send?: typeof fetch;
}

/** @param mountedAt a path such as `/auth`, or with `credentials: "include"` a URL such as `https://api.example.com/auth` */
export function createApi(mountedAt: string, { credentials = "same-origin", send }: ApiOptions = {}): Api {
  async function call(route: Route, body?: object, keepalive = false): Promise<Response> {
    const signal = AbortSignal.timeout(deadline);
    const request: RequestInit = { method: route.method, credentials, keepalive, signal };
    if (body !== undefined) {
      request.headers = {
        "Content-Type": "application/json",
        // A mail follows the language of the page, which the person may have chosen.
        "Accept-Language": document.documentElement.lang || navigator.language,
      };
      request.body = JSON.stringify(body);
    }
    const response = await (send ?? fetch)(mountedAt + route.path, request).catch((cause: unknown) => {
      throw new ApiError("unreachable", undefined, { cause });
    });
    noteServerTime(response.headers.get("Date"));
    if (response.ok) return response;
    const problem = await bodyOf(response);
    throw isProblem(problem) ? new ApiError(problem.code, problem) : new ApiError("unreachable");
  }

  /** The one place that turns an answer of our server into a contract type without parsing it. */
  async function read<Body extends object>(route: Route, mark: keyof Body, body?: object): Promise<Body> {
    const answer = await bodyOf(await call(route, body));
    if (!(mark in Object(answer))) throw new ApiError("unreachable");
    return answer as Body;
  }

  return {
    getConfig: () => read(firstRoutes.getConfig, "rpId"),
    getSession: () => read(firstRoutes.getSession, "user"),
    challengeOtp: (body) => read(firstRoutes.challengeOtp, "expiresAt", body),
    call,
    read,
  };
}

/** Recognised by its `type`, so the first view needs no list of codes, and codes of a newer server pass. */
function isProblem(body: unknown): body is Problem {
  const { code, type } = Object(body);
  return type === `/problems/${code}`;
}

async function bodyOf(response: Response): Promise<unknown> {
  return response.json().catch((cause: unknown) => {
    throw new ApiError("unreachable", undefined, { cause });
  });
}
