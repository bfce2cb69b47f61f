/**
 * What `@authsignal/browser` does between a click and a result token, for suites that have no browser: the same
 * requests to the Client API in the same order, with the soft authenticator where the browser's prompt would be.
 */
import { text } from "node:stream/consumers";
import { sendRequest } from "../../server/emulator/wire/send-request.ts";
import type { CeremonyFault } from "./ceremony-fault.ts";
import { clientApiShape, signInShape, signUpShape, stepUpShape } from "./check-options.ts";
import type { SoftAuthenticator } from "./soft-authenticator.ts";
import type { CreationOptionsJSON, RequestOptionsJSON } from "./webauthn-json.ts";

export interface ClientApiOptions {
  readonly tenantId: string;
  /** Ends in `/v1`, as for the SDK. */
  readonly baseUrl: string;
  /** The page's origin. */
  readonly origin: string;
  readonly authenticator: SoftAuthenticator;
}

export interface ClientApi {
  /** `passkey.signUp`: a registration ceremony under a track token. Resolves with the result token. */
  signUp(request: {
    readonly token: string;
    readonly username?: string;
    readonly fault?: CeremonyFault;
  }): Promise<string>;
  /** `passkey.signIn({ action })`: an authentication ceremony of somebody. Resolves with the result token. */
  signIn(request: {
    readonly action: string;
    readonly credentialId?: string;
    readonly fault?: CeremonyFault;
  }): Promise<string>;
  /** `passkey.signIn({ token })`: an authentication ceremony of the track token's user. */
  signInWithToken(request: { readonly token: string; readonly fault?: CeremonyFault }): Promise<string>;
}

/** An error body of the Client API, thrown: tests name the `errorCode` that they expect. */
export class ClientApiError extends Error {
  override readonly name = "ClientApiError";
  readonly status: number;
  readonly errorCode: string;

  constructor(status: number, errorCode: string, description: string) {
    super(`${errorCode}: ${description}`);
    this.status = status;
    this.errorCode = errorCode;
  }
}

export function createClientApi(options: ClientApiOptions): ClientApi {
  clientApiShape.check(options, "createClientApi");
  const { authenticator, origin } = options;
  // The web SDK leaves out the colon that Basic credentials should end in.
  const anonymous = `Basic ${Buffer.from(encodeURIComponent(options.tenantId)).toString("base64")}`;
  const passkey = "/client/user-authenticators/passkey";

  async function post<Answer>(path: string, authorization: string, body: object): Promise<Answer> {
    const url = `${options.baseUrl}${path}`;
    const response = await sendRequest(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: authorization, Origin: origin },
      body: JSON.stringify(body),
    }).catch((error: unknown) => {
      throw new Error(`${url} does not answer. Is the emulator closed, or baseUrl not its URL?`, {
        cause: error,
      });
    });
    const answer = readAnswer<Answer>(url, await text(response));
    // As the SDK does: the body decides, not the status.
    if (answer.error !== undefined) {
      throw new ClientApiError(
        response.statusCode ?? 0,
        answer.errorCode ?? answer.error,
        answer.errorDescription ?? "",
      );
    }
    return answer;
  }

  async function authenticate(
    authorization: string,
    challenge: { readonly challengeId?: string },
    person: { readonly credentialId?: string; readonly fault?: CeremonyFault },
  ): Promise<string> {
    const begun = await post<Begun<RequestOptionsJSON>>(
      `${passkey}/authentication-options`,
      authorization,
      challenge,
    );
    const authenticationCredential = await authenticator.get(begun.options, { origin, ...person });
    const finished = await post<Finished>("/client/verify/passkey", authorization, {
      authenticationCredential,
      challengeId: begun.challengeId ?? challenge.challengeId,
    });
    return resultToken(finished);
  }

  return {
    async signUp(request) {
      signUpShape.check(request, "signUp");
      const { token, username, fault = {} } = request;
      const bearer = `Bearer ${token}`;
      const begun = await post<Begun<CreationOptionsJSON>>(`${passkey}/registration-options`, bearer, {
        // The SDK's default; an app whose people carry security keys asks for any.
        authenticatorAttachment: authenticator.attachment === "cross-platform" ? null : "platform",
        ...(username !== undefined && { username }),
      });
      const registrationCredential = await authenticator.create(begun.options, { origin, fault });
      const finished = await post<Finished>(passkey, bearer, {
        registrationCredential,
        conditionalCreate: false,
        challengeId: begun.challengeId,
      });
      return resultToken(finished);
    },

    async signIn(request) {
      signInShape.check(request, "signIn");
      const { action, ...person } = request;
      const challenge = await post<{ challengeId: string }>("/client/challenge", anonymous, { action });
      return authenticate(anonymous, { challengeId: challenge.challengeId }, person);
    },

    async signInWithToken(request) {
      stepUpShape.check(request, "signInWithToken");
      const { token, ...person } = request;
      return authenticate(`Bearer ${token}`, {}, person);
    },
  };
}

function readAnswer<Answer>(url: string, body: string): Answer & ErrorBody {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Error(`${url} does not answer JSON. Is baseUrl the emulator's?`, { cause: error });
  }
}

interface ErrorBody {
  readonly error?: string;
  readonly errorCode?: string;
  readonly errorDescription?: string;
}

interface Begun<Options> {
  readonly challengeId?: string;
  readonly options: Options;
}

interface Finished {
  readonly isVerified: boolean;
  readonly accessToken?: string;
}

function resultToken({ isVerified, accessToken }: Finished): string {
  if (!isVerified || accessToken === undefined) throw new Error("Authsignal did not verify the ceremony.");
  return accessToken;
}
