/** The servers that are compared under load, with people who have accounts and passkeys there. */
import { randomUUID } from "node:crypto";
import { createClientApi } from "../kit/client-api.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import type { CreationOptionsJSON, RequestOptionsJSON } from "../kit/webauthn-json.ts";
import { BenchBrowser } from "./browser.ts";
import { freeOrigin, type Subject, startSubject } from "./process.ts";
import type { SubjectKind } from "./subject.ts";
import { tenant } from "./tenant.ts";

const signInAction = "sign-in-with-passkey";
/** More than register at once, so that no account has two enrollments under way. */
const accounts = 32;

type Once = () => Promise<unknown>;

export interface LoadContender {
  readonly name: string;
  readonly subject: Subject;
  readonly "sign-in"?: Once;
  readonly registration?: Once;
  /** Before a round of registrations: signs in new accounts, whose lists of passkeys are short. */
  readonly prepare?: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startLoadContenders(): Promise<readonly LoadContender[]> {
  const started = [
    await startSimpleWebAuthn(),
    await startVendor(),
    await startOurs("ours, SQLite", "app"),
    await startOurs("ours with the emulator inside, SQLite", "app+emulator"),
  ];
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
  if (databaseUrl !== undefined && redisUrl !== undefined)
    started.push(await startOurs("ours, PostgreSQL and Redis", "app+servers"));
  return started;
}

async function startSimpleWebAuthn(): Promise<LoadContender> {
  const origin = await freeOrigin();
  const subject = await startSubject("baseline", origin, "", { pinned: true });
  const authenticator = createSoftAuthenticator();
  const register = async (by = createSoftAuthenticator()) => {
    const owner = new BenchBrowser(origin);
    const options = await owner.post<CreationOptionsJSON>("/registration-options", {});
    await owner.post("/registration", await by.create(options, { origin }));
  };
  await register(authenticator);
  const signIn = async () => {
    const visitor = new BenchBrowser(origin);
    const options = await visitor.post<RequestOptionsJSON>("/authentication-options", {});
    await visitor.post("/authentication", await authenticator.get(options, { origin }));
  };
  return {
    name: "SimpleWebAuthn, in memory",
    subject,
    "sign-in": signIn,
    registration: () => register(),
    stop: subject.stop,
  };
}

/** The vendor's documentation: one official SDK call, and a session in memory. */
async function startVendor(): Promise<LoadContender> {
  const origin = await freeOrigin();
  const emulator = await startSubject("emulator", origin);
  const subject = await startSubject("vendor", origin, emulator.apiUrl, { pinned: true });
  const authenticator = createSoftAuthenticator();
  const client = clientOf(emulator.apiUrl, origin, authenticator);
  const register = async (by = client) => {
    const visitor = new BenchBrowser(origin);
    const { token } = await visitor.post<{ token: string }>("/enroll-token", { user: randomUUID() });
    await visitor.post("/validate", { token: await by.signUp({ token }), action: "enroll-passkey" });
  };
  await register();
  return {
    name: "the vendor's shape, in memory",
    subject,
    async "sign-in"() {
      const token = await client.signIn({ action: signInAction });
      await new BenchBrowser(origin).post("/validate", { token, action: signInAction });
    },
    registration: () => register(clientOf(emulator.apiUrl, origin, createSoftAuthenticator())),
    async stop() {
      await subject.stop();
      await emulator.stop();
    },
  };
}

async function startOurs(name: string, kind: SubjectKind): Promise<LoadContender> {
  const origin = await freeOrigin();
  const emulator = kind === "app+emulator" ? null : await startSubject("emulator", origin);
  const subject = await startSubject(kind, origin, emulator?.apiUrl ?? "", { pinned: true });
  const authenticator = createSoftAuthenticator();
  const client = clientOf(subject.apiUrl, origin, authenticator);
  const owners: BenchBrowser[] = [];
  await registerBy(await signInByCode(origin, subject.apiUrl), client);
  return {
    name,
    subject,
    async "sign-in"() {
      const token = await client.signIn({ action: signInAction });
      await new BenchBrowser(origin).post("/api/validate", { token, action: signInAction });
    },
    async prepare() {
      owners.length = 0;
      while (owners.length < accounts) owners.push(await signInByCode(origin, subject.apiUrl));
    },
    async registration() {
      const owner = owners.shift();
      if (owner === undefined) throw new Error("More registrations at once than accounts.");
      await registerBy(owner, clientOf(subject.apiUrl, origin, createSoftAuthenticator()));
      owners.push(owner);
    },
    async stop() {
      await subject.stop();
      await emulator?.stop();
    },
  };
}

async function registerBy(owner: BenchBrowser, client: ReturnType<typeof clientOf>): Promise<void> {
  const { token } = await owner.post<{ token: string }>("/api/enroll-token", {});
  await owner.post("/api/validate", { token: await client.signUp({ token }), action: "enroll-passkey" });
}

async function signInByCode(origin: string, apiUrl: string): Promise<BenchBrowser> {
  const browser = new BenchBrowser(origin);
  const email = `${randomUUID()}@example.com`;
  await browser.post("/api/otp/challenge", { email });
  const outbox = new BenchBrowser(apiUrl.replace(/\/v1$/, ""));
  const [message] = await outbox.get<{ code: string }[]>(`/emulator/messages?to=${email}`);
  await browser.post("/api/otp/verify", { code: message?.code ?? "" });
  return browser;
}

function clientOf(apiUrl: string, origin: string, authenticator: ReturnType<typeof createSoftAuthenticator>) {
  return createClientApi({ tenantId: tenant.tenantId, baseUrl: apiUrl, origin, authenticator });
}
