/** Registers a trial passkey for a user named `doctor-…`, as a browser and the app's server do together. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { TenantConfig } from "../config/config.ts";
import { basicAuthorization, sendRequest } from "./http-request.ts";
import { createTrialPasskey } from "./trial-passkey.ts";

export interface Expected {
  readonly tenant: TenantConfig;
  readonly rpId: string;
  /** Every origin of the app, native apps included. */
  readonly origins: readonly string[];
}

/** `unknown`: it could not be begun. `token`: the track token, if there was one. */
export interface Trial {
  readonly outcome: "accepted" | "refused" | "unknown";
  readonly token: string | null;
}

/** Runs with the address of a user who is deleted afterwards. */
export async function withTrialUser<Value>(
  { apiUrl, apiSecretKey }: TenantConfig,
  run: (user: string) => Promise<Value>,
): Promise<Value> {
  const user = `${apiUrl}/users/doctor-${randomUUID()}`;
  try {
    return await run(user);
  } finally {
    await sendRequest(user, { method: "DELETE", authorization: basicAuthorization(apiSecretKey) });
  }
}

export async function registerTrial(
  { tenant, rpId }: Expected,
  user: string,
  {
    origin,
    isUserVerified,
    isOwn = () => true,
  }: {
    readonly origin: string;
    readonly isUserVerified: boolean;
    /** Asked of the track token before it is used. Default: it is used. */
    readonly isOwn?: (token: string) => boolean;
  },
): Promise<Trial> {
  const tracked = await sendRequest(`${user}/actions/enroll-passkey`, {
    method: "POST",
    authorization: basicAuthorization(tenant.apiSecretKey),
    body: { idempotencyKey: randomUUID(), scope: "add:authenticators" },
  });
  const token = tracked.kind === "answered" ? tracked.body.token : undefined;
  if (typeof token !== "string") return { outcome: "unknown", token: null };
  if (!isOwn(token)) return { outcome: "unknown", token };
  const path = `${tenant.apiUrl}/client/user-authenticators/passkey`;
  const request = { method: "POST", authorization: `Bearer ${token}`, origin } as const;
  const begun = await sendRequest(`${path}/registration-options`, { ...request, body: {} });
  const options = z
    .object({ challengeId: z.string(), options: z.object({ challenge: z.string() }) })
    .safeParse(begun.kind === "answered" ? begun.body : null);
  if (!options.success) return { outcome: "unknown", token };
  const { challengeId } = options.data;
  const webauthnChallenge = options.data.options.challenge;
  const registrationCredential = createTrialPasskey({ rpId, origin, webauthnChallenge, isUserVerified });
  const body = { challengeId, registrationCredential, conditionalCreate: false };
  const finished = await sendRequest(path, { ...request, body });
  if (finished.kind !== "answered" || finished.status >= 500) return { outcome: "unknown", token };
  return { outcome: finished.body.isVerified === true ? "accepted" : "refused", token };
}
