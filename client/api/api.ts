/**
 * needs:    shared/routes.ts, shared/problem.ts, the types of shared/contract.ts.
 * does:     calls our REST API: JSON in and out, a deadline on each call, a function for each operation that the
 *           first view needs.
 * must not: hide a failure: whatever is not the contract's answer is an ApiError.
 */
import type {
  ChallengeOtpRequest,
  ChallengeOtpResponse,
  ConfigResponse,
  SessionResponse,
} from "../../shared/contract.ts";
import type { Problem, ProblemCode } from "../../shared/problem.ts";
import { type Route, routes } from "../../shared/routes.ts";
import { noteServerTime } from "./server-time.ts";

/** `unreachable`: no answer in time, or an answer that is not our API's, such as a proxy's HTML. */
export type ApiErrorCode = ProblemCode | "unreachable";

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  readonly problem: Problem | undefined;

  constructor(code: ApiErrorCode, problem?: Problem, options?: ErrorOptions) {
    super(problem?.title ?? code, options);
    this.code = code;
    this.problem = problem;
  }
}

/** What signing in with a code needs. account-api.ts has the rest. */
export interface Api {
  getConfig(): Promise<ConfigResponse>;
  getSession(): Promise<SessionResponse>;
  challengeOtp(body: ChallengeOtpRequest): Promise<ChallengeOtpResponse>;
  /** Any other operation. Rejects with an ApiError unless the answer is a success. */
  call(route: Route, body?: object): Promise<Response>;
  /**
   * The same, for its JSON. `Body` is what the contract says of the route; `mark` is a member of it that tells it from
   * the JSON of a proxy.
   */
  read<Body extends object>(route: Route, mark: keyof Body, body?: object): Promise<Body>;
}

/** Longer than the server's own deadline for Authsignal, so that its explanation arrives before ours. */
const deadline = 12_000;

export function createApi(mountedAt: string): Api {
  async function call(route: Route, body?: object): Promise<Response> {
    const request: RequestInit = { method: route.method, signal: AbortSignal.timeout(deadline) };
    if (body !== undefined) {
      request.headers = { "Content-Type": "application/json" };
      request.body = JSON.stringify(body);
    }
    const response = await fetch(mountedAt + route.path, request).catch((cause: unknown) => {
      throw new ApiError("unreachable", undefined, { cause });
    });
    noteServerTime(response.headers.get("Date"));
    if (response.ok) return response;
    const problem = await bodyOf(response);
    throw isProblem(problem) ? new ApiError(problem.code, problem) : new ApiError("unreachable");
  }

  /** The one place where an answer of our own server becomes a contract type without being parsed. */
  async function read<Body extends object>(route: Route, mark: keyof Body, body?: object): Promise<Body> {
    const answer = await bodyOf(await call(route, body));
    if (typeof answer !== "object" || answer === null || !(mark in answer)) throw new ApiError("unreachable");
    return answer as Body;
  }

  return {
    getConfig: () => read(routes.getConfig, "rpId"),
    getSession: () => read(routes.getSession, "user"),
    challengeOtp: (body) => read(routes.challengeOtp, "expiresAt", body),
    call,
    read,
  };
}

/** Ours by its `type`, so that no list of codes is in the first view. A code of a newer server counts as well. */
function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    "type" in body &&
    body.type === `/problems/${body.code}`
  );
}

async function bodyOf(response: Response): Promise<unknown> {
  return response.json().catch((cause: unknown) => {
    throw new ApiError("unreachable", undefined, { cause });
  });
}
