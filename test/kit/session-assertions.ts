/** What the promises of the session port are asserted with. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { SessionClient, SessionsUnderTest } from "./session-client.ts";

export type Check = (newClient: () => SessionClient, subject: SessionsUnderTest) => Promise<void>;

export async function signIn(client: SessionClient, method?: string): Promise<string> {
  const user = randomUUID();
  succeeded(await client.start(user, method));
  return user;
}

export async function found(client: SessionClient) {
  const session = await client.session();
  assert.notEqual(session, null, "the client must be signed in");
  return session ?? assert.fail();
}

export function succeeded({ status, body }: { readonly status: number; readonly body: object }): void {
  assert.equal(status, 200, JSON.stringify(body));
}

/** As the port says: AppError not_authenticated. */
export function refused({
  status,
  body,
}: {
  readonly status: number;
  readonly body: { readonly code?: unknown };
}): void {
  assert.deepEqual([status, body.code], [401, "not_authenticated"]);
}

export function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
