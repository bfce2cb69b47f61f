/**
 * needs:    api.ts, shared/actions.ts, shared/routes.ts, the types of shared/contract.ts.
 * does:     has a function for each operation of our REST API that the first view does not need.
 * must not: be imported statically by the first view, which would then download it.
 */
import { type ActionCode, actions } from "../../shared/actions.ts";
import { type Route, routes } from "../../shared/routes.ts";
import { type Api, ApiError } from "./api.ts";
import type {
  ActivityResponse,
  CeremonyReport,
  ChallengeOtpResponse,
  EmailChangedResponse,
  EmailChangeRequest,
  EnrolledResponse,
  EnrollTokenResponse,
  Passkey,
  PasskeyOfferRequest,
  PasskeysResponse,
  RecoveryResponse,
  RenamePasskeyRequest,
  SessionsResponse,
  SignedInResponse,
  SteppedUpResponse,
  StepUpTokenRequest,
  StepUpTokenResponse,
  VerifyEmailChangeRequest,
  VerifyOtpRequest,
} from "./bodies.ts";

export interface AccountApi extends Api {
  deleteSession(): Promise<void>;
  verifyOtp(body: VerifyOtpRequest): Promise<SignedInResponse>;
  /** `crossDevice`: the passkey came from another device, so one on this device may be offered. */
  finishPasskeySignIn(
    resultToken: string,
    options?: { readonly crossDevice?: boolean },
  ): Promise<SignedInResponse>;
  createEnrollToken(): Promise<EnrollTokenResponse>;
  finishEnrollment(resultToken: string): Promise<EnrolledResponse>;
  /** `operation`: what exactly is confirmed, with the members that the guard of our server takes. */
  createStepUpToken(
    action: ActionCode,
    operation?: StepUpTokenRequest["operation"],
  ): Promise<StepUpTokenResponse>;
  finishStepUp(action: ActionCode, resultToken: string): Promise<SteppedUpResponse>;
  listPasskeys(): Promise<PasskeysResponse>;
  renamePasskey(id: string, body: RenamePasskeyRequest): Promise<Passkey>;
  deletePasskey(id: string): Promise<void>;
  answerPasskeyOffer(answer: PasskeyOfferRequest["answer"]): Promise<void>;
  /** For good; signs out. Needs a fresh proof. `not_found` where the host does not offer it. */
  deleteAccount(): Promise<void>;
  /** Sends a code to the new address. Needs a fresh proof. `not_found` where the host does not offer it. */
  beginEmailChange(body: EmailChangeRequest): Promise<ChallengeOtpResponse>;
  /** In the session that began it. */
  finishEmailChange(body: VerifyEmailChangeRequest): Promise<EmailChangedResponse>;
  /** In a limited session (`getSession().assurance`). A second call answers the first one's recovery. */
  beginRecovery(): Promise<RecoveryResponse>;
  /** Needs a session that is not limited. */
  cancelRecovery(): Promise<void>;
  listSessions(): Promise<SessionsResponse>;
  endSession(id: string): Promise<void>;
  endOtherSessions(): Promise<void>;
  /** Newest first. `not_found` where the host keeps no events. */
  listActivity(): Promise<ActivityResponse>;
  /** Also on a page that is being left. `not_found` where the host takes no reports. */
  reportCeremony(report: CeremonyReport): Promise<void>;
}

export function createAccountApi(api: Api): AccountApi {
  const { call, read } = api;
  const validate = <Body extends object>(
    action: ActionCode,
    mark: keyof Body,
    resultToken: string,
    more: object = {},
  ) => read<Body>(routes.validate, mark, { token: resultToken, action, ...more });

  /** For operations that answer 204. A proxy's page instead is an error. */
  async function complete(route: Route, body?: object, keepalive?: boolean): Promise<void> {
    const { status } = await call(route, body, keepalive);
    if (status !== 204) throw new ApiError("unreachable");
  }

  return {
    ...api,
    deleteSession: () => complete(routes.deleteSession),
    verifyOtp: (body) => read(routes.verifyOtp, "user", body),
    finishPasskeySignIn: (resultToken, options) =>
      validate(actions.signInWithPasskey, "user", resultToken, options),
    createEnrollToken: () => read(routes.createEnrollToken, "token", {}),
    finishEnrollment: (resultToken) => validate(actions.enrollPasskey, "passkey", resultToken),
    createStepUpToken: (action, operation) =>
      read(routes.createStepUpToken, "token", operation === undefined ? { action } : { action, operation }),
    finishStepUp: (action, resultToken) => validate(action, "expiresAt", resultToken),
    listPasskeys: () => read(routes.listPasskeys, "length"),
    renamePasskey: (id, body) => read(about(routes.renamePasskey, id), "id", body),
    deletePasskey: (id) => complete(about(routes.deletePasskey, id)),
    deleteAccount: () => complete(routes.deleteAccount),
    beginEmailChange: (body) => read(routes.beginEmailChange, "expiresAt", body),
    finishEmailChange: (body) => read(routes.finishEmailChange, "user", body),
    beginRecovery: () => read(routes.beginRecovery, "endsAt", {}),
    cancelRecovery: () => complete(routes.cancelRecovery),
    listSessions: () => read(routes.listSessions, "length"),
    endSession: (id) => complete(about(routes.endSession, id)),
    endOtherSessions: () => complete(routes.endOtherSessions),
    listActivity: () => read(routes.listActivity, "length"),
    reportCeremony: (report) => complete(routes.reportCeremony, report, true),
    answerPasskeyOffer: (answer) => complete(routes.answerPasskeyOffer, { answer }),
  };
}

function about({ method, path }: Route, id: string): Route {
  return { method, path: path.replace(":id", encodeURIComponent(id)) };
}
