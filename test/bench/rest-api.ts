/**
 * The REST API's budgets, as ratios of CPU taken side by side in one run. CPU rather than wall time, because
 * machines are shared. Prints what was reached; asserts nothing.
 */
import { createClientApi } from "../kit/client-api.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";
import type { CreationOptionsJSON, RequestOptionsJSON } from "../kit/webauthn-json.ts";
import { BenchBrowser } from "./browser.ts";
import { measureEnumeration } from "./enumeration.ts";
import { buildSubjects, freeOrigin, type Subject, startSubject } from "./process.ts";
import { measureStart } from "./start.ts";
import { tenant } from "./tenant.ts";

const warmUp = 300;
const rounds = 5;
const perRound = 200;
const signInAction = "sign-in-with-passkey";

async function main(): Promise<void> {
  await buildSubjects();
  const baseline = await measureBaseline();
  const separate = await measureApp("app");
  const together = await measureApp("app+emulator");
  const bare = await measureBare();
  const session = await measureSession();
  const start = await measureStart();

  line("baseline: Express + express-session + @simplewebauthn/server", `${ms(baseline)} CPU per sign-in`);
  line(
    "(a) our app, Authsignal elsewhere",
    `${ms(separate.signIn)}, ${ratio(baseline, separate.signIn)} × the baseline's rate (goal 2)`,
  );
  line(
    "(b) our app and the emulator in one process",
    `${ms(together.signIn)}, ${ratio(baseline, together.signIn)} × the baseline's rate (goal 1)`,
  );
  line(
    "(c) /validate against the bare SDK call",
    `${ratio(separate.signIn, bare.validate)} × its CPU (goal 1.15)`,
  );
  line(
    "    /enroll-token against the bare SDK call",
    `${ratio(separate.enrollToken, bare.enrollToken)} × its CPU (goal 1.15)`,
  );
  line(
    "    what stands in the way: a bare handler with that one SDK call",
    `${ms(bare.validate)}, ${ratio(bare.validate, baseline)} of a whole sign-in of the baseline`,
  );
  line(
    "(d) start to first answer",
    `${start.wallMs.toFixed(0)} ms, ${start.cpuMs.toFixed(0)} ms CPU (goal 400 ms)`,
  );
  line("    memory after the sign-ins, Authsignal elsewhere", `${separate.rssMib.toFixed(0)} MiB (goal 100)`);
  line(
    "(e) GET /session against plain express-session",
    `${ratio(session.ours, session.plain)} × its CPU (goal 1.15)`,
  );
  await measureEnumeration(line);
}

async function measureBaseline(): Promise<number> {
  const origin = await freeOrigin();
  const subject = await startSubject("baseline", origin);
  const authenticator = createSoftAuthenticator();
  const owner = new BenchBrowser(origin);
  const created = await owner.post<CreationOptionsJSON>("/registration-options", {});
  await owner.post("/registration", await authenticator.create(created, { origin }));
  const cpu = await measure(subject, async () => {
    const visitor = new BenchBrowser(origin);
    const options = await visitor.post<RequestOptionsJSON>("/authentication-options", {});
    await visitor.post("/authentication", await authenticator.get(options, { origin }));
  });
  await subject.stop();
  return cpu;
}

async function measureApp(
  kind: "app" | "app+emulator",
): Promise<{ signIn: number; enrollToken: number; rssMib: number }> {
  const origin = await freeOrigin();
  const emulator = kind === "app" ? await startSubject("emulator", origin) : null;
  const subject = await startSubject(kind, origin, emulator?.apiUrl ?? "");
  const authenticator = createSoftAuthenticator();
  const owner = await signUp(origin, subject.apiUrl, authenticator);
  const client = createClientApi({ ...subjectApi(subject), origin, authenticator });
  const signIn = await measure(subject, async () => {
    const token = await client.signIn({ action: signInAction });
    await new BenchBrowser(origin).post("/api/validate", { token, action: signInAction });
  });
  const { rssMib } = await subject.usage();
  const enrollToken = await measure(subject, () => owner.post("/api/enroll-token", {}));
  await subject.stop();
  await emulator?.stop();
  return { signIn, enrollToken, rssMib };
}

async function measureBare(): Promise<{ validate: number; enrollToken: number }> {
  const origin = await freeOrigin();
  const emulator = await startSubject("emulator", origin);
  const ours = await startSubject("app", origin, emulator.apiUrl);
  const authenticator = createSoftAuthenticator();
  await signUp(origin, emulator.apiUrl, authenticator);
  await ours.stop();
  const subject = await startSubject("bare-handlers", origin, emulator.apiUrl);
  const client = createClientApi({ ...subjectApi(subject), origin, authenticator });
  const browser = new BenchBrowser(origin);
  const validate = await measure(subject, async () => {
    await browser.post("/api/validate", { token: await client.signIn({ action: signInAction }) });
  });
  const enrollToken = await measure(subject, () => browser.post("/api/enroll-token", {}));
  await subject.stop();
  await emulator.stop();
  return { validate, enrollToken };
}

async function measureSession(): Promise<{ ours: number; plain: number }> {
  const plainOrigin = await freeOrigin();
  const plain = await startSubject("plain-session", plainOrigin);
  const visitor = new BenchBrowser(plainOrigin);
  await visitor.get("/sign-in");
  const plainCpu = await measure(plain, () => visitor.get("/api/session"));
  await plain.stop();

  const origin = await freeOrigin();
  const ours = await startSubject("app+emulator", origin);
  const owner = await signUp(origin, ours.apiUrl, createSoftAuthenticator());
  const oursCpu = await measure(ours, () => owner.get("/api/session"));
  await ours.stop();
  return { ours: oursCpu, plain: plainCpu };
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

/** CPU milliseconds per call in the subject's process: the best of a few rounds, which noise can only worsen. */
async function measure(subject: Subject, once: () => Promise<unknown>): Promise<number> {
  for (let index = 0; index < warmUp; index++) await once();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const before = await subject.usage();
    for (let index = 0; index < perRound; index++) await once();
    const after = await subject.usage();
    best = Math.min(best, (after.cpuMs - before.cpuMs) / perRound);
  }
  return best;
}

function subjectApi({ apiUrl }: Subject): { tenantId: string; baseUrl: string } {
  return { tenantId: tenant.tenantId, baseUrl: apiUrl };
}

function line(what: string, reached: string): void {
  console.log(`${what.padEnd(62)} ${reached}`);
}

const ms = (value: number) => `${value.toFixed(2)} ms`;
const ratio = (of: number, to: number) => (of / to).toFixed(2);

await main();
