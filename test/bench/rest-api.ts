/**
 * The REST API's budgets, as ratios of CPU taken side by side in one run. CPU rather than wall time, because
 * machines are shared. Prints what was reached; asserts nothing.
 */
import { createClientApi } from "../kit/client-api.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";
import { freeOrigin, type Subject, startSubject } from "./process.ts";

const tenantId = "00000000-0000-4000-8000-000000000001";
const warmUp = 200;
const rounds = 3;
const perRound = 300;

interface Browser {
  /** The ceremony up to our server's part, outside the measured process (unless the emulator is in it). */
  prepare(): Promise<string>;
  finish(token: string): Promise<void>;
}

async function main(): Promise<void> {
  const baseline = await measureBaseline();
  const separate = await measureApp("app");
  const together = await measureApp("app+emulator");
  const session = await measureSession();
  line("Baseline (Express + express-session + @simplewebauthn/server)", `${ms(baseline)} CPU per sign-in`);
  line(
    "(a) our app, Authsignal elsewhere",
    `${ms(separate.signIn)}, ${ratio(baseline, separate.signIn)} × baseline (goal 2 ×)`,
  );
  line(
    "(b) our app and the emulator in one process",
    `${ms(together.signIn)}, ${ratio(baseline, together.signIn)} × baseline (goal 1 ×)`,
  );
  line("(d) memory after the sign-ins, Authsignal elsewhere", `${separate.rssMib.toFixed(0)} MiB (goal 100)`);
  line(
    "(e) GET /session against plain express-session",
    `${ratio(session.ours, session.plain)} × its CPU (goal 1.15 ×)`,
  );
}

async function measureBaseline(): Promise<number> {
  const origin = await freeOrigin();
  const subject = await startSubject("baseline", origin);
  const authenticator = createSoftAuthenticator();
  const cookies = new Map<string, string>();
  const post = (path: string, body: object, jar: string) => send(`${origin}${path}`, body, jar, cookies);
  const created = await post("/registration-options", {}, "enroll");
  await post("/registration", await authenticator.create(created, { origin }), "enroll");
  let counter = 0;
  const cpu = await measure(subject, async () => {
    const jar = `person-${counter++}`;
    const options = await post("/authentication-options", {}, jar);
    await post("/authentication", await authenticator.get(options, { origin }), jar);
    cookies.delete(jar);
  });
  await subject.stop();
  return cpu;
}

async function measureApp(kind: "app" | "app+emulator"): Promise<{ signIn: number; rssMib: number }> {
  const origin = await freeOrigin();
  const emulator = kind === "app" ? await startSubject("emulator", origin) : null;
  const subject = await startSubject(kind, origin, emulator?.apiUrl ?? "");
  const authenticator = createSoftAuthenticator();
  await enroll(origin, subject.apiUrl, authenticator);
  const client = createClientApi({ tenantId, baseUrl: subject.apiUrl, origin, authenticator });
  const browser: Browser = {
    prepare: () => client.signIn({ action: "sign-in-with-passkey" }),
    async finish(token) {
      await send(`${origin}/api/validate`, { token, action: "sign-in-with-passkey" }, "", new Map());
    },
  };
  const signIn = await measure(subject, async () => browser.finish(await browser.prepare()));
  const { rssMib } = await subject.usage();
  await subject.stop();
  await emulator?.stop();
  return { signIn, rssMib };
}

async function enroll(origin: string, apiUrl: string, authenticator: SoftAuthenticator): Promise<void> {
  const cookies = new Map<string, string>();
  const post = (path: string, body: object) => send(`${origin}/api${path}`, body, "enroll", cookies);
  await post("/otp/challenge", { email: "someone@example.com" });
  const outbox = await fetch(`${apiUrl.replace(/\/v1$/, "")}/emulator/messages?to=someone@example.com`);
  const [message] = (await outbox.json()) as { code: string }[];
  await post("/otp/verify", { code: message?.code ?? "" });
  const { token } = await post("/enroll-token", {});
  const client = createClientApi({ tenantId, baseUrl: apiUrl, origin, authenticator });
  await post("/validate", { token: await client.signUp({ token }), action: "enroll-passkey" });
}

async function measureSession(): Promise<{ ours: number; plain: number }> {
  const plainOrigin = await freeOrigin();
  const plain = await startSubject("plain-session", plainOrigin);
  const plainCookies = new Map<string, string>();
  await get(`${plainOrigin}/sign-in`, plainCookies);
  const plainCpu = await measure(plain, () => get(`${plainOrigin}/session`, plainCookies));
  await plain.stop();

  const origin = await freeOrigin();
  const ours = await startSubject("app+emulator", origin);
  const cookies = new Map<string, string>();
  await send(`${origin}/api/otp/challenge`, { email: "someone@example.com" }, "", cookies);
  const outbox = await fetch(`${ours.apiUrl.replace(/\/v1$/, "")}/emulator/messages?to=someone@example.com`);
  const [message] = (await outbox.json()) as { code: string }[];
  await send(`${origin}/api/otp/verify`, { code: message?.code ?? "" }, "", cookies);
  const oursCpu = await measure(ours, () => get(`${origin}/api/session`, cookies));
  await ours.stop();
  return { ours: oursCpu, plain: plainCpu };
}

/** CPU milliseconds per call in the subject's process: the best of a few rounds, which noise can only worsen. */
async function measure(subject: Subject, once: () => Promise<void>): Promise<number> {
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

// biome-ignore lint/suspicious/noExplicitAny: answers of four different servers, read by name
async function send(url: string, body: object, jar: string, cookies: Map<string, string>): Promise<any> {
  const cookie = cookies.get(jar);
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(cookie !== undefined && { Cookie: cookie }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  keepCookie(response, jar, cookies);
  return response.json();
}

async function get(url: string, cookies: Map<string, string>): Promise<void> {
  const response = await fetch(url, { headers: { Cookie: cookies.get("") ?? "" } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  keepCookie(response, "", cookies);
  await response.arrayBuffer();
}

function keepCookie(response: Response, jar: string, cookies: Map<string, string>): void {
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie !== undefined) cookies.set(jar, cookie);
}

function line(what: string, reached: string): void {
  console.log(`${what.padEnd(64)} ${reached}`);
}

const ms = (value: number) => `${value.toFixed(2)} ms`;
const ratio = (of: number, to: number) => (of / to).toFixed(2);

await main();
