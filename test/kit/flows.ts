/** The flows of the app as one call each, over supertest: begin, ceremony, finish. */
import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import type request from "supertest";
import { sendRequest } from "../../server/emulator/wire/send-request.ts";
import { actions } from "../../shared/actions.ts";
import type {
  EnrolledResponse,
  EnrollTokenResponse,
  Passkey,
  SignedInResponse,
  StepUpTokenRequest,
  StepUpTokenResponse,
  User,
} from "../../shared/contract.ts";
import { routes } from "../../shared/routes.ts";
import type { CeremonyFault } from "./ceremony-fault.ts";
import type { ClientApi } from "./client-api.ts";
import type { SoftAuthenticator } from "./soft-authenticator.ts";

/** supertest with a cookie jar: one browser. */
export type Agent = ReturnType<typeof request.agent>;

/** As much of supertest as a flow needs: an agent of any version of it will do. */
export interface FlowAgent {
  post(path: string): {
    send(body: object): PromiseLike<{ readonly status: number; readonly body: unknown }>;
  };
}

export interface Flows {
  /** Asks for a code, reads it from the emulator's outbox and enters it. Without an address: a new person. */
  signInWithOtp(agent: FlowAgent, email?: string): Promise<User>;
  /** Creates a passkey for the signed-in person. */
  enrollPasskey(agent: FlowAgent, authenticator: SoftAuthenticator): Promise<Passkey>;
  /** Signs in with a passkey that the authenticator holds. */
  signInWithPasskey(agent: FlowAgent, authenticator: SoftAuthenticator): Promise<User>;
  /** Confirms one action with a passkey, so that a route behind `requireStepUp` lets the next request pass. */
  stepUp(agent: FlowAgent, authenticator: SoftAuthenticator, confirm: StepUpTokenRequest): Promise<void>;
  /** The ceremony alone: a track token for the signed-in person, and the result token that came of it. */
  enrollmentToken(agent: FlowAgent, authenticator: SoftAuthenticator, fault?: CeremonyFault): Promise<string>;
  /** The ceremony alone: a result token that says who signs in. */
  signInToken(authenticator: SoftAuthenticator, fault?: CeremonyFault): Promise<string>;
  /** The newest code that was sent to this address. */
  readCode(email: string): Promise<string>;
  /** An address that no other test has. */
  newAddress(): string;
}

export interface FlowsOptions {
  readonly emulatorUrl: string;
  readonly clientApi: (authenticator: SoftAuthenticator) => ClientApi;
  /** Where the router is mounted. Default `/api`. */
  readonly prefix?: string;
  /** Told of every token, code and address on the way. Default: nobody. */
  readonly keepSecret?: (...secrets: readonly string[]) => void;
}

type PostOperation = {
  [Name in keyof typeof routes]: (typeof routes)[Name]["method"] extends "POST" ? Name : never;
}[keyof typeof routes];

export function createFlows(options: FlowsOptions): Flows {
  const { emulatorUrl, clientApi, prefix = "/api", keepSecret = () => {} } = options;

  /** A flow that cannot go on says which request failed, and how. */
  async function post<Answer>(agent: FlowAgent, operation: PostOperation, body: object): Promise<Answer> {
    const path = `${prefix}${routes[operation].path}`;
    const answer = await agent.post(path).send(body);
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body as Answer;
  }

  async function messagesTo(query: string): Promise<readonly Message[]> {
    const answer = await sendRequest(`${emulatorUrl}/emulator/messages${query}`, { method: "GET" });
    return JSON.parse(await text(answer));
  }

  async function readCode(email: string): Promise<string> {
    const [exact] = await messagesTo(`?to=${encodeURIComponent(email)}`);
    // The app may have written the address in small letters, as ours does.
    const message = exact ?? (await messagesTo("")).find(({ to }) => canonical(to) === canonical(email));
    const code = message?.code;
    if (code === undefined) throw new Error(`The outbox holds no code for ${email}.`);
    keepSecret(code);
    return code;
  }

  async function enrollmentToken(
    agent: FlowAgent,
    authenticator: SoftAuthenticator,
    fault: CeremonyFault = {},
  ) {
    const { token, username } = await post<EnrollTokenResponse>(agent, "createEnrollToken", {});
    const resultToken = await clientApi(authenticator).signUp({ token, username, fault });
    keepSecret(token, resultToken);
    return resultToken;
  }

  async function signInToken(authenticator: SoftAuthenticator, fault: CeremonyFault = {}) {
    const token = await clientApi(authenticator).signIn({ action: actions.signInWithPasskey, fault });
    keepSecret(token);
    return token;
  }

  function newAddress(): string {
    const email = `person-${randomUUID()}@example.com`;
    keepSecret(email);
    return email;
  }

  return {
    readCode,
    newAddress,
    enrollmentToken,
    signInToken,

    async signInWithOtp(agent, email = newAddress()) {
      await post(agent, "challengeOtp", { email });
      const code = await readCode(email);
      return (await post<SignedInResponse>(agent, "verifyOtp", { code })).user;
    },

    async enrollPasskey(agent, authenticator) {
      const token = await enrollmentToken(agent, authenticator);
      const action = actions.enrollPasskey;
      return (await post<EnrolledResponse>(agent, "validate", { token, action })).passkey;
    },

    async signInWithPasskey(agent, authenticator) {
      const token = await signInToken(authenticator);
      const action = actions.signInWithPasskey;
      return (await post<SignedInResponse>(agent, "validate", { token, action })).user;
    },

    async stepUp(agent, authenticator, confirm) {
      const begun = await post<StepUpTokenResponse>(agent, "createStepUpToken", confirm);
      const token = await clientApi(authenticator).signInWithToken({ token: begun.token });
      keepSecret(begun.token, token);
      await post(agent, "validate", { token, action: confirm.action });
    },
  };
}

interface Message {
  readonly to: string;
  readonly code?: string;
}

function canonical(address: string): string {
  return address.trim().normalize("NFC").toLowerCase();
}

/** The path of an operation, where this app mounts the router. */
export function api(operation: keyof typeof routes): string {
  return `/api${routes[operation].path}`;
}
