/**
 * needs:    shared/routes.ts, shared/problem.ts, the types of shared/contract.ts.
 * does:     calls our REST API: one function per operation, JSON in and out, a deadline on each.
 * must not: hide a failure: whatever is not the contract's answer is an ApiError.
 */
import type { ActionCode } from "../shared/actions.ts";
import { actions } from "../shared/actions.ts";
import type {
  ChallengeOtpRequest,
  ChallengeOtpResponse,
  ConfigResponse,
  EnrolledResponse,
  EnrollTokenResponse,
  Passkey,
  PasskeyOfferRequest,
  PasskeysResponse,
  RenamePasskeyRequest,
  SessionResponse,
  SignedInResponse,
  SteppedUpResponse,
  StepUpTokenResponse,
  VerifyOtpRequest,
} from "../shared/contract.ts";
import type { Problem, ProblemCode } from "../shared/problem.ts";
import { type Route, routes } from "../shared/routes.ts";
import { noteServerTime } from "./clock.ts";

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

export interface Api {
  getConfig(): Promise<ConfigResponse>;
  getSession(): Promise<SessionResponse>;
  deleteSession(): Promise<void>;
  challengeOtp(body: ChallengeOtpRequest): Promise<ChallengeOtpResponse>;
  verifyOtp(body: VerifyOtpRequest): Promise<SignedInResponse>;
  /** `crossDevice`: the passkey came from another device, so that one on this device may be offered. */
  finishPasskeySignIn(
    resultToken: string,
    options?: { readonly crossDevice?: boolean },
  ): Promise<SignedInResponse>;
  createEnrollToken(): Promise<EnrollTokenResponse>;
  finishEnrollment(resultToken: string): Promise<EnrolledResponse>;
  createStepUpToken(action: ActionCode): Promise<StepUpTokenResponse>;
  finishStepUp(action: ActionCode, resultToken: string): Promise<SteppedUpResponse>;
  listPasskeys(): Promise<PasskeysResponse>;
  renamePasskey(id: string, body: RenamePasskeyRequest): Promise<Passkey>;
  deletePasskey(id: string): Promise<void>;
  answerPasskeyOffer(answer: PasskeyOfferRequest["answer"]): Promise<void>;
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
  async function read<Body extends object>(route: Route, body?: object): Promise<Body> {
    const answer = await bodyOf(await call(route, body));
    if (typeof answer !== "object" || answer === null) throw new ApiError("unreachable");
    return answer as Body;
  }

  const validate = <Body extends object>(action: ActionCode, resultToken: string, more: object = {}) =>
    read<Body>(routes.validate, { token: resultToken, action, ...more });

  return {
    getConfig: () => read(routes.getConfig),
    getSession: () => read(routes.getSession),
    async deleteSession() {
      await call(routes.deleteSession);
    },
    challengeOtp: (body) => read(routes.challengeOtp, body),
    verifyOtp: (body) => read(routes.verifyOtp, body),
    finishPasskeySignIn: (resultToken, options) => validate(actions.signInWithPasskey, resultToken, options),
    createEnrollToken: () => read(routes.createEnrollToken, {}),
    finishEnrollment: (resultToken) => validate(actions.enrollPasskey, resultToken),
    createStepUpToken: (action) => read(routes.createStepUpToken, { action }),
    finishStepUp: (action, resultToken) => validate(action, resultToken),
    listPasskeys: () => read(routes.listPasskeys),
    renamePasskey: (id, body) => read(about(routes.renamePasskey, id), body),
    async deletePasskey(id) {
      await call(about(routes.deletePasskey, id));
    },
    async answerPasskeyOffer(answer) {
      await call(routes.answerPasskeyOffer, { answer });
    },
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

function about({ method, path }: Route, id: string): Route {
  return { method, path: path.replace(":id", encodeURIComponent(id)) };
}

async function bodyOf(response: Response): Promise<unknown> {
  return response.json().catch((cause: unknown) => {
    throw new ApiError("unreachable", undefined, { cause });
  });
}
