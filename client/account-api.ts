/**
 * needs:    api.ts, shared/actions.ts, shared/routes.ts, the types of shared/contract.ts.
 * does:     has a function for each operation of our REST API that the first view does not need.
 * must not: be imported statically by anything that the first view needs: that would download it there.
 */
import { type ActionCode, actions } from "../shared/actions.ts";
import type {
  EnrolledResponse,
  EnrollTokenResponse,
  Passkey,
  PasskeyOfferRequest,
  PasskeysResponse,
  RenamePasskeyRequest,
  SignedInResponse,
  SteppedUpResponse,
  StepUpTokenResponse,
  VerifyOtpRequest,
} from "../shared/contract.ts";
import { type Route, routes } from "../shared/routes.ts";
import type { Api } from "./api.ts";

export interface AccountApi extends Api {
  deleteSession(): Promise<void>;
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

export function createAccountApi(api: Api): AccountApi {
  const { call, read } = api;
  const validate = <Body extends object>(action: ActionCode, resultToken: string, more: object = {}) =>
    read<Body>(routes.validate, { token: resultToken, action, ...more });

  return {
    ...api,
    async deleteSession() {
      await call(routes.deleteSession);
    },
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

function about({ method, path }: Route, id: string): Route {
  return { method, path: path.replace(":id", encodeURIComponent(id)) };
}
