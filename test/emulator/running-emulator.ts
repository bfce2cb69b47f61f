/** An emulator of its own for a suite, and both halves' callers: the real Server SDK, and the browser's requests. */
import { randomUUID } from "node:crypto";
import { Authsignal, VerificationMethod } from "@authsignal/node";
import { afterAll, beforeAll } from "vitest";
import {
  type Emulator,
  type EmulatorOptions,
  startEmulator,
  type TenantOptions,
} from "../../server/emulator/index.ts";
import { type ClientApi, createClientApi } from "../kit/client-api.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";

export const origin = "http://localhost:3000";
export const secret = "emulator-test-secret";
export const tenantId = "6f0e5d6c-3a55-4a39-9d0e-2f4f3a0c1b2d";

export interface Running {
  readonly emulator: Emulator;
  readonly authsignal: Authsignal;
  /** The Client API as the web SDK calls it, with this authenticator behind the prompt. */
  client(authenticator?: SoftAuthenticator): ClientApi;
  /** A raw request to the Client API: the token, or without one the tenant id, authorizes. */
  post(path: string, body: unknown, token?: string): Promise<Answer>;
  /** Tracks a fresh action and answers its token. */
  track(userId: string, options?: { action?: string; scope?: string; email?: string }): Promise<string>;
  /** The newest code sent to an address. */
  code(to: string): string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what is in an answer is exactly what the suites assert.
  readonly body: any;
}

export function testTenant(changes: Partial<TenantOptions> = {}): TenantOptions {
  return {
    tenantId,
    secrets: [secret],
    rpId: "localhost",
    expectedOrigins: [origin],
    limits: "off",
    ...changes,
  };
}

/** Starts an emulator before the suite's tests and stops it after them; read the handles inside tests. */
export function runEmulator(options: EmulatorOptions = {}): Running {
  let running: Running | undefined;
  let emulator: Emulator | undefined;
  beforeAll(async () => {
    emulator = await startEmulator({ tenants: [testTenant()], ...options });
    running = callersOf(emulator);
  });
  afterAll(() => emulator?.close());
  const started = (): Running => {
    if (running === undefined) throw new Error("The emulator runs only inside tests.");
    return running;
  };
  return {
    get emulator() {
      return started().emulator;
    },
    get authsignal() {
      return started().authsignal;
    },
    client: (authenticator) => started().client(authenticator),
    post: (path, body, token) => started().post(path, body, token),
    track: (userId, options) => started().track(userId, options),
    code: (to) => started().code(to),
  };
}

/** A fresh user with a passkey on this authenticator. */
export async function enrolled(running: Running, authenticator = createSoftAuthenticator()) {
  const userId = newUserId();
  const client = running.client(authenticator);
  await client.signUp({ token: await running.track(userId) });
  return { userId, client, authenticator };
}

/** Why the newest refusal was one: what the journal knows and the caller does not. */
export function lastRefusal({ emulator }: Running): string | undefined {
  return emulator.journal({ refused: true })[0]?.reason;
}

export function callersOf(emulator: Emulator): Running {
  const authsignal = new Authsignal({ apiSecretKey: secret, apiUrl: emulator.apiUrl });
  return {
    emulator,
    authsignal,
    client: (authenticator = createSoftAuthenticator()) =>
      createClientApi({ tenantId, baseUrl: emulator.apiUrl, origin, authenticator }),
    post: (path, body, token) =>
      send(`${emulator.apiUrl}/client${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: token === undefined ? tenantAuthorization(tenantId) : `Bearer ${token}`,
        },
        body: JSON.stringify(body),
      }),
    async track(userId, { action = "enroll-passkey", ...attributes } = {}) {
      const { token } = await authsignal.track({ userId, action, attributes });
      return token;
    },
    code(to) {
      const code = emulator.messages({ to })[0]?.code;
      if (code === undefined) throw new Error(`No code was sent to ${to}.`);
      return code;
    },
  };
}

/** The backend vouches for an address. */
export function enrollEmail(running: Running, userId: string, email: string) {
  return running.authsignal.enrollVerifiedAuthenticator({
    userId,
    attributes: { verificationMethod: VerificationMethod.EMAIL_OTP, email },
  });
}

export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Calls the control plane as a suite in another process would. */
export function controlOf(running: Running) {
  return (path: string, method = "GET", body?: unknown): Promise<Answer> =>
    send(`${running.emulator.url}/emulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
}

/** As the web SDK writes it: without the colon that Basic credentials should end in. */
export function tenantAuthorization(id: string): string {
  return `Basic ${Buffer.from(encodeURIComponent(id)).toString("base64")}`;
}

export function secretAuthorization(apiSecretKey: string): string {
  return `Basic ${Buffer.from(`${apiSecretKey}:`).toString("base64")}`;
}

export function newUserId(): string {
  return `user-${randomUUID()}`;
}
