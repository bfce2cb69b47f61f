/** The flows of the app as one call each, over supertest: begin, ceremony, finish. */
import { randomUUID } from "node:crypto";
import type request from "supertest";
import { actions } from "../../shared/actions.ts";
import type { Passkey, User } from "../../shared/contract.ts";
import { routes } from "../../shared/routes.ts";
import type { CeremonyFault } from "./ceremony-fault.ts";
import type { ClientApi } from "./client-api.ts";
import type { SoftAuthenticator } from "./soft-authenticator.ts";

/** supertest with a cookie jar: one browser. */
export type Agent = ReturnType<typeof request.agent>;

export interface Flows {
  /** Asks for a code, reads it from the emulator's outbox and enters it. Without an address: a new person. */
  signInWithOtp(agent: Agent, email?: string): Promise<User>;
  /** Creates a passkey for the signed-in person. */
  enrollPasskey(agent: Agent, authenticator: SoftAuthenticator): Promise<Passkey>;
  /** Signs in with a passkey that the authenticator holds. */
  signInWithPasskey(agent: Agent, authenticator: SoftAuthenticator): Promise<User>;
  /** The ceremony alone: a track token for the signed-in person, and the result token that came of it. */
  enrollmentToken(agent: Agent, authenticator: SoftAuthenticator, fault?: CeremonyFault): Promise<string>;
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
  /** Told of every token, code and address on the way. */
  readonly keepSecret: (...secrets: readonly string[]) => void;
}

export function createFlows({ emulatorUrl, clientApi, keepSecret }: FlowsOptions): Flows {
  async function readCode(email: string): Promise<string> {
    const response = await fetch(`${emulatorUrl}/emulator/messages?to=${encodeURIComponent(email)}`);
    const messages: { code?: string }[] = await response.json();
    const code = messages[0]?.code;
    if (code === undefined) throw new Error(`The outbox holds no code for ${email}.`);
    keepSecret(code);
    return code;
  }

  async function enrollmentToken(agent: Agent, authenticator: SoftAuthenticator, fault: CeremonyFault = {}) {
    const begun = await agent.post(api("createEnrollToken")).send({}).expect(200);
    const { token, username }: { token: string; username: string } = begun.body;
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
      await agent.post(api("challengeOtp")).send({ email }).expect(202);
      const code = await readCode(email);
      const finished = await agent.post(api("verifyOtp")).send({ code }).expect(200);
      return finished.body.user;
    },

    async enrollPasskey(agent, authenticator) {
      const token = await enrollmentToken(agent, authenticator);
      const finished = await agent
        .post(api("validate"))
        .send({ token, action: actions.enrollPasskey })
        .expect(200);
      return finished.body.passkey;
    },

    async signInWithPasskey(agent, authenticator) {
      const token = await signInToken(authenticator);
      const finished = await agent
        .post(api("validate"))
        .send({ token, action: actions.signInWithPasskey })
        .expect(200);
      return finished.body.user;
    },
  };
}

/** The path of an operation, where this app mounts the router. */
export function api(operation: keyof typeof routes): string {
  return `/api${routes[operation].path}`;
}
