/** The processes that the REST API is compared in, each brought to where somebody can sign in. */
import { createClientApi } from "../kit/client-api.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";
import type { CreationOptionsJSON, RequestOptionsJSON } from "../kit/webauthn-json.ts";
import { BenchBrowser } from "./browser.ts";
import type { Contender } from "./in-turns.ts";
import { freeOrigin, type Subject, startSubject } from "./process.ts";
import { tenant } from "./tenant.ts";

const signInAction = "sign-in-with-passkey";

export interface Ours {
  readonly signIn: Contender;
  readonly enrollToken: Contender;
  readonly getSession: Contender;
  readonly stop: () => Promise<void>;
}

/** A team's own server: the person has a passkey there. */
export async function startBaseline(): Promise<Contender> {
  const origin = await freeOrigin();
  const subject = await startSubject("baseline", origin);
  const authenticator = createSoftAuthenticator();
  const owner = new BenchBrowser(origin);
  const created = await owner.post<CreationOptionsJSON>("/registration-options", {});
  await owner.post("/registration", await authenticator.create(created, { origin }));
  const once = async () => {
    const visitor = new BenchBrowser(origin);
    const options = await visitor.post<RequestOptionsJSON>("/authentication-options", {});
    await visitor.post("/authentication", await authenticator.get(options, { origin }));
  };
  return { subject, once };
}

/** Ours, with Authsignal in the same process or in another: the person has a passkey and is signed in. */
export async function startOurs(kind: "app" | "app+emulator"): Promise<Ours> {
  const origin = await freeOrigin();
  const emulator = kind === "app" ? await startSubject("emulator", origin) : null;
  const subject = await startSubject(kind, origin, emulator?.apiUrl ?? "");
  const authenticator = createSoftAuthenticator();
  const owner = await signUp(origin, subject.apiUrl, authenticator);
  const client = clientOf(subject, origin, authenticator);
  const signIn = async () => {
    const token = await client.signIn({ action: signInAction });
    await new BenchBrowser(origin).post("/api/validate", { token, action: signInAction });
  };
  return {
    signIn: { subject, once: signIn },
    enrollToken: { subject, once: () => owner.post("/api/enroll-token", {}) },
    getSession: { subject, once: () => owner.get("/api/session") },
    async stop() {
      await subject.stop();
      await emulator?.stop();
    },
  };
}

/** Handlers with the SDK's calls and nothing else. The person's passkey was made through our app. */
export async function startBare(): Promise<{
  readonly validate: Contender;
  readonly enrollToken: Contender;
  readonly stop: () => Promise<void>;
}> {
  const origin = await freeOrigin();
  const emulator = await startSubject("emulator", origin);
  const ours = await startSubject("app", origin, emulator.apiUrl);
  const authenticator = createSoftAuthenticator();
  await signUp(origin, emulator.apiUrl, authenticator);
  await ours.stop();
  const subject = await startSubject("bare-handlers", origin, emulator.apiUrl);
  const client = clientOf(subject, origin, authenticator);
  const browser = new BenchBrowser(origin);
  const validate = async () => {
    await browser.post("/api/validate", { token: await client.signIn({ action: signInAction }) });
  };
  return {
    validate: { subject, once: validate },
    enrollToken: { subject, once: () => browser.post("/api/enroll-token", {}) },
    async stop() {
      await subject.stop();
      await emulator.stop();
    },
  };
}

/** express-session over our store, with somebody signed in. */
export async function startPlainSession(): Promise<Contender> {
  const origin = await freeOrigin();
  const subject = await startSubject("plain-session", origin);
  const visitor = new BenchBrowser(origin);
  await visitor.get("/sign-in");
  return { subject, once: () => visitor.get("/api/session") };
}

/** A person with a passkey, signed in. */
async function signUp(
  origin: string,
  apiUrl: string,
  authenticator: SoftAuthenticator,
): Promise<BenchBrowser> {
  const browser = new BenchBrowser(origin);
  await browser.post("/api/otp/challenge", { email: "someone@example.com" });
  const outbox = new BenchBrowser(apiUrl.replace(/\/v1$/, ""));
  const [message] = await outbox.get<{ code: string }[]>("/emulator/messages?to=someone@example.com");
  await browser.post("/api/otp/verify", { code: message?.code ?? "" });
  const { token } = await browser.post<{ token: string }>("/api/enroll-token", {});
  const client = createClientApi({ tenantId: tenant.tenantId, baseUrl: apiUrl, origin, authenticator });
  await browser.post("/api/validate", { token: await client.signUp({ token }), action: "enroll-passkey" });
  return browser;
}

function clientOf({ apiUrl }: Subject, origin: string, authenticator: SoftAuthenticator) {
  return createClientApi({ tenantId: tenant.tenantId, baseUrl: apiUrl, origin, authenticator });
}
