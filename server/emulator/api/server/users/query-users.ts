/** `GET /users` (protocol 4.7): exact match on one attribute, in pages, in the order of creation (*inferred*). */
import { decodeJwt, errors } from "jose";
import { enrollmentFacts } from "../../../domain/authenticator-rules.ts";
import { userAttributes } from "../../../domain/user-records.ts";
import { toIso } from "../../../tenant/clock.ts";
import type { User } from "../../../tenant/records.ts";
import type { Tenant } from "../../../tenant/tenant.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

const largestPage = 100;

export function queryUsers({ tenant, query }: Call): Json {
  const token = query.get("token");
  const payload = token === null ? undefined : payloadOf(token);
  const found = usersBy(tenant, query, payload);
  const last = query.get("lastEvaluatedUserId");
  const start = last === null ? 0 : found.findIndex((user) => user.userId === last) + 1;
  const limit = readLimit(query.get("limit"));
  const page = found.slice(start, start + limit);
  return {
    users: page.map((user) => ({
      userId: user.userId,
      ...userAttributes(user),
      ...enrollmentFacts(tenant, user.userId),
      createdAt: toIso(user.createdAt),
    })),
    lastEvaluatedUserId: start + limit < found.length ? page.at(-1)?.userId : undefined,
    tokenPayload: payload,
  };
}

function usersBy(tenant: Tenant, query: URLSearchParams, payload: Record<string, Json> | undefined): User[] {
  for (const name of ["username", "email", "phoneNumber"] as const) {
    const value = query.get(name);
    if (value !== null && value !== "") return tenant.state.users.where(name, value);
  }
  if (typeof payload?.email === "string") return tenant.state.users.where("email", payload.email);
  if (payload !== undefined) return [];
  throw invalidRequest("One of username, email, phoneNumber or token is required.");
}

/** Decodes an Apple or Google ID token without verifying it, because the emulator does not have their keys. */
function payloadOf(token: string): Record<string, Json> {
  try {
    return JSON.parse(JSON.stringify(decodeJwt(token)));
  } catch (error) {
    if (error instanceof errors.JOSEError) throw invalidRequest("The token is invalid.");
    throw error;
  }
}

function readLimit(text: string | null): number {
  if (text === null) return largestPage;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw invalidRequest("limit must be a positive integer.");
  return Math.min(limit, largestPage);
}
