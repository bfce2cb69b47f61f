/** A request as a whole has one deadline, which its calls to Authsignal, its queries and a host's ports share. */
import { afterEach, describe, expect, test } from "vitest";
import { api } from "../../kit/flows.ts";
import { only } from "../authsignal/authsignal-line.ts";
import { type Lab, type Person, startLab } from "../lab.ts";
import { openTcpLine, type TcpLine } from "../storage/tcp-line.ts";

/**
 * Below Authsignal's five seconds and the queries' six, so that only this limit explains an answer in time; and far above
 * what a request takes on a busy machine.
 */
const requestTimeoutMs = 2000;
const otherBoundsMs = 5000;
const policies = { requestTimeoutMs };
const late = /took too long|took longer than 2000 ms/;

let lab: Lab;
const lines: TcpLine[] = [];
afterEach(async () => {
  for (const line of lines) await line.mend();
  await lab.close();
  for (const line of lines.splice(0)) await line.close();
});

/** The first requests of a process may take as long as the deadline on a busy machine. */
async function newPerson(): Promise<Person> {
  const people: Person[] = [];
  const sign = () => lab.person().then((person) => people.push(person), String);
  await expect.poll(sign, { timeout: 20_000 }).toBe(1);
  const [person] = people;
  if (person === undefined) throw new Error("Nobody could sign in.");
  return person;
}

async function timed<Value>(work: PromiseLike<Value>): Promise<{ value: Value; ms: number }> {
  const before = performance.now();
  const value = await work;
  return { value, ms: performance.now() - before };
}

describe("the deadline of a request", () => {
  test("A call to Authsignal that hangs is a 503 at the request's deadline, which opens no circuit breaker", async () => {
    lab = await startLab({ policies });
    const { agent } = await newPerson();
    lab.line.fail(only(/\/authenticators$/, () => {}));
    const { value: answers, ms } = await timed(
      Promise.all(Array.from({ length: 6 }, () => agent.get(api("listPasskeys")))),
    );
    const late503 = { status: 503, body: { code: "upstream_unavailable", retryAfter: 5 } };
    for (const answer of answers) expect(answer).toMatchObject(late503);
    expect(ms).toBeLessThan(otherBoundsMs);
    expect(lab.logs().join("")).toMatch(late);
    expect(lab.authsignal.state()).toBe("ok");
    lab.line.fail(null);
    await agent.get(api("listPasskeys")).expect(200);
  });

  test("Two calls to Authsignal in a row share the request's deadline, and a sign-in does without the second", async () => {
    lab = await startLab({ policies });
    await newPerson();
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const code = await lab.readCode(email);
    lab.line.fail(only(/\/authenticators$/, () => {}));
    const { value, ms } = await timed(agent.post(api("verifyOtp")).send({ code }));
    expect(value).toMatchObject({ status: 200, body: { offerPasskey: false } });
    expect(ms).toBeLessThan(otherBoundsMs);
  });

  test("A host's users that never answer are a 503 at the request's deadline", async () => {
    const users = {
      findById: () => new Promise<never>(() => {}),
      findOrCreateByEmail: async (email: string) => ({ id: "somebody", email }),
    };
    lab = await startLab({ host: { options: { users, requestTimeoutMs } } });
    const signIn = async () => {
      const own = lab.agent();
      await lab.signInWithOtp(own);
      return own;
    };
    const agent = await signIn().catch(signIn);
    const { value, ms } = await timed(agent.get(api("getSession")));
    expect(value).toMatchObject({ status: 503, body: { code: "upstream_unavailable" } });
    expect(ms).toBeLessThan(otherBoundsMs);
    expect(lab.logs().join("")).toMatch(/the last wait was for the whole answer/);
  });

  test("A client that gives up leaves its request to the deadline, and the next request works", async () => {
    lab = await startLab({ policies });
    const { agent } = await newPerson();
    lab.line.fail(only(/\/authenticators$/, () => {}));
    const asked = lab.line.calls().length;
    const gone = agent.get(api("listPasskeys"));
    gone.end(() => {});
    await expect.poll(() => lab.line.calls().length).toBeGreaterThan(asked);
    gone.abort();
    await expect.poll(() => lab.logs().join("")).toMatch(late);
    lab.line.fail(null);
    await agent.get(api("listPasskeys")).expect(200);
  });
});

/** Servers behind lines that can be frozen. */
const servers = [
  ["PostgreSQL", process.env.TEST_DATABASE_URL, "postgres"],
  ["Redis", process.env.TEST_REDIS_URL, "redis"],
] as const;

describe.each(servers.filter(([, url]) => url !== undefined))("a frozen %s", (name, _, scheme) => {
  test(`A frozen ${name} delays no request past its deadline, and more requests than the pool has connections leave it usable`, async () => {
    const through = async (url: URL): Promise<URL> => {
      if (!url.protocol.startsWith(scheme)) return url;
      const line = await openTcpLine(url);
      lines.push(line);
      return line.through(url);
    };
    lab = await startLab({ policies, storage: { through } });
    const { agent, user } = await newPerson();
    for (const line of lines) line.freeze();
    const { value: answers, ms } = await timed(
      Promise.all(Array.from({ length: 25 }, () => agent.get(api("getSession")))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect(ms).toBeLessThan(otherBoundsMs);
    for (const line of lines) await line.mend();
    await expect.poll(async () => (await agent.get(api("getSession"))).body.user).toEqual(user);
  });
});
