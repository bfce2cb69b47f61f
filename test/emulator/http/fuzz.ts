/** Sends generated requests to an emulator and counts the answers. The suite sends a share; `npm run fuzz` sends them all. */
import { Agent, request } from "node:http";
import { operations } from "../../../server/emulator/api/operations.ts";
import { startEmulator } from "../../../server/emulator/index.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import {
  callersOf,
  origin,
  secret,
  secretAuthorization,
  tenantAuthorization,
  tenantId,
  testTenant,
} from "../running-emulator.ts";
import { createFuzzer, type FuzzRequest } from "./fuzz-requests.ts";

export interface FuzzReport {
  readonly sent: number;
  readonly byStatus: Readonly<Record<number, number>>;
  /** Every answer from 500 up except 501, and every answer that breaks the error shape. */
  readonly defects: readonly string[];
}

export async function fuzz(count: number, seed: number): Promise<FuzzReport> {
  const emulator = await startEmulator({
    tenants: [testTenant()],
    seed: "fuzz",
    now: () => 1_800_000_000_000,
  });
  const running = callersOf(emulator);
  const userId = "fuzzed-user";
  const token = await running.track(userId, { scope: "add:authenticators", email: "fuzz@example.com" });
  const authorizations = [
    secretAuthorization(secret),
    tenantAuthorization(tenantId),
    `Bearer ${token}`,
    "Basic",
    "Basic Og==",
    "Bearer a.b.c",
  ];
  const authorizationFor = (caller: string) =>
    caller === "api secret"
      ? secretAuthorization(secret)
      : caller === "tenant"
        ? tenantAuthorization(tenantId)
        : `Bearer ${token}`;

  /** Ceremonies that would succeed: begun anew from time to time, because each is spent by its first answer. */
  const freshMaterial = async () => {
    // Some request may have deleted the user, with whom the token would die.
    emulator.seed({ users: [{ userId, email: "fuzz@example.com" }] });
    const authenticator = createSoftAuthenticator();
    const registered = await running
      .client(authenticator)
      .signUp({ token })
      .catch(() => token);
    const { body: creation } = await running.post(
      "/user-authenticators/passkey/registration-options",
      {},
      token,
    );
    const registrationCredential = await createSoftAuthenticator().create(creation.options, { origin });
    const { body: begun } = await running.post(
      "/user-authenticators/passkey/authentication-options",
      {},
      token,
    );
    const authenticationCredential = await authenticator.get(begun.options, { origin }).catch(() => ({}));
    return {
      operations,
      authorizations,
      authorizationFor,
      known: [
        userId,
        "sign-in",
        token,
        registered,
        secret,
        tenantId,
        begun.challengeId,
        "fuzz@example.com",
        "EMAIL_OTP",
      ],
      bodies: [
        { registrationCredential, challengeId: creation.challengeId, conditionalCreate: false },
        { authenticationCredential, challengeId: begun.challengeId, deviceId: "device" },
        {
          verificationMethod: "EMAIL_OTP",
          action: "sign-in",
          email: "fuzz@example.com",
          scope: "add:authenticators",
        },
        { token: registered, userId, action: "sign-in", clientId: "web" },
        {
          authenticators: [
            { userId, verificationMethod: "PASSKEY", credentialId: "AAAA", credentialPublicKey: "pQEC" },
          ],
        },
        {
          email: "fuzz@example.com",
          emailVerified: true,
          custom: { plan: "pro", deep: { er: [1] } },
          locale: "en",
        },
        { challengeId: begun.challengeId, userId, verificationCode: "123456", skipVerificationCheck: true },
        registrationCredential,
      ],
    };
  };

  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const byStatus: Record<number, number> = {};
  const defects: string[] = [];
  const sendOne = async (generated: FuzzRequest) => {
    const { status, text } = await exchange(agent, emulator.port, generated);
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    const problem = problemOf(generated, status, text);
    if (problem !== undefined) defects.push(`${problem}: ${JSON.stringify(generated).slice(0, 2_000)}`);
  };
  let next = createFuzzer(seed, await freshMaterial());
  for (let sent = 0; sent < count; sent += 8) {
    if (sent % 400 === 0) next = createFuzzer(seed + sent, await freshMaterial());
    await Promise.all(Array.from({ length: Math.min(8, count - sent) }, () => sendOne(next())));
  }
  agent.destroy();
  await emulator.close();
  return { sent: count, byStatus, defects };
}

function problemOf({ method }: FuzzRequest, status: number, text: string): string | undefined {
  if (status >= 500 && status !== 501) return `answered ${status}`;
  if (method === "HEAD" || method === "OPTIONS" || status === 0) return undefined;
  const body: unknown = JSON.parse(text);
  if (status < 400) return undefined;
  const isNotFound = status === 404 && typeof body === "object" && body !== null && "message" in body;
  const hasShape =
    typeof body === "object" &&
    body !== null &&
    "error" in body &&
    "errorCode" in body &&
    "errorDescription" in body;
  return isNotFound || hasShape ? undefined : `answered ${status} in another shape`;
}

/** Status 0: the emulator refused the request below HTTP (a bad header), which is its right. */
function exchange(
  agent: Agent,
  port: number,
  generated: FuzzRequest,
): Promise<{ status: number; text: string }> {
  const { method, path, headers, body } = generated;
  return new Promise((resolve) => {
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const asked = request(
      { agent, host: "127.0.0.1", port, method, path, headers: { ...headers, ...length } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
        );
        answer.on("error", () => resolve({ status: 0, text: "" }));
      },
    );
    asked.on("error", () => resolve({ status: 0, text: "" }));
    asked.end(body);
  });
}
