/**
 * Requests that no client of ours would send, over all routes: no 5xx, no leak, no crash. A few thousand in the
 * ordinary suite; `FUZZ_REQUESTS=100000` for the long run, `FUZZ_SEED` for another series.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultTenant } from "../../../server/emulator/index.ts";
import { isProblem } from "../../../shared/problem.ts";
import { api } from "../../kit/flows.ts";
import { cookiesIn, type Lab, startLab } from "../lab.ts";
import { type FuzzRequest, type FuzzWorld, makeRequest, type Random, seededRandom } from "./fuzz-requests.ts";

const total = Number(process.env.FUZZ_REQUESTS ?? 3000);
const seed = Number(process.env.FUZZ_SEED ?? 20_260_101);
const parallel = 16;

const many = { points: 1_000_000, seconds: 3600 };

let lab: Lab;
let world: FuzzWorld;
const links: string[] = [];
beforeAll(async () => {
  lab = await startLab({
    tenant: { limits: "off" },
    notify: async ({ notMeUrl }) => void links.push(String(notMeUrl)),
    // The budget for codes is met by intent: a 503, which here would hide the ones by mistake.
    policies: { limits: { sendsInAll: many } },
  });
  const people = await Promise.all([lab.person("passkey"), lab.person("passkey"), lab.person()]);
  const cookies = await Promise.all(people.map(({ agent }) => cookiesIn(agent)));
  const passkeys = await Promise.all(people.map(({ agent }) => agent.get(api("listPasskeys")).expect(200)));
  const [first, second] = people;
  const tokens = [await lab.signInToken(first.authenticator), await lab.stepUpToken(second)];
  await lab.sendNotices();
  world = {
    links: links.map((link) => String(new URL(link).searchParams.get("token"))),
    origin: lab.origin,
    cookies,
    tokens,
    passkeyIds: passkeys.flatMap(({ body }) => body.map(({ id }: { id: string }) => id)),
  };
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

const connections = new HttpAgent({ keepAlive: true, maxSockets: parallel });

function ask({ method, path, headers, body }: FuzzRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(lab.url);
    const length = body === null ? {} : { "Content-Length": body.length };
    const sent = httpRequest(
      { agent: connections, hostname, port, method, path, headers: { ...headers, ...length } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body ?? undefined);
  });
}

/** What is wrong with an answer, or null. */
function faultOf({ method, path }: FuzzRequest, { status, headers, text }: Answer): string | null {
  if (status >= 500) return `answered ${status}`;
  if (
    text.includes(defaultTenant.secret) ||
    /Basic |\bat .+\.[jt]s:\d|node_modules|SQLITE|"stack"/.test(text)
  )
    return "tells too much";
  if (headers.location !== undefined) return `sends people to ${headers.location}`;
  // The page of a notice's link is for people.
  const isPage = /^\/+api\/+not-me/i.test(path) && text.startsWith("<!doctype html>");
  const isApi = /^\/api(\/|$)/i.test(path) && !isPage;
  if (isApi && status >= 400 && method !== "HEAD" && text !== "") {
    const problem: unknown = JSON.parse(text);
    if (!isProblem(problem) || problem.status !== status) return `is no problem: ${text.slice(0, 80)}`;
  }
  if (headers["x-powered-by"] !== undefined) return "says what made it";
  return null;
}

test(`${total} malformed requests get well-formed answers`, {
  timeout: 60_000 + total * 5,
}, async () => {
  const random = seededRandom(seed);
  const faults: string[] = [];
  const statuses = new Map<number, number>();
  let made = 0;
  const work = async (): Promise<void> => {
    while (made < total && faults.length < 10) {
      made += 1;
      const request = makeRequest(random, world);
      const answer = await ask(request).catch((error: unknown) => String(error));
      if (typeof answer === "string") {
        // A server that hangs up on a request it cannot read is in its right; one that is gone is not.
        if (!/ECONNRESET|EPIPE|socket hang up/.test(answer))
          faults.push(`${request.method} ${request.path}: ${answer}`);
        continue;
      }
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const fault = faultOf(request, answer);
      if (fault !== null) {
        const { method, path, headers, body } = request;
        const shown = JSON.stringify({ method, path, headers, body: body?.toString("latin1").slice(0, 300) });
        faults.push(`${shown.slice(0, 1500)} ${fault}`);
      }
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  connections.destroy();
  expect(faults).toEqual([]);
  // The series must not wear itself out at the door: each of these was really met.
  for (const status of [200, 202, 204, 400, 401, 403, 404, 413, 415])
    expect([...statuses.keys()]).toContain(status);
});

test("Bytes that are not HTTP end their connection and nothing else", async () => {
  const random = seededRandom(seed + 1);
  for (let round = 0; round < Math.min(200, total / 20); round += 1) await knock(random);
});

/** Sends something that a parser must refuse, and waits until the server has hung up. */
function knock(random: Random): Promise<void> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(lab.url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.resume();
    const end = "\r\n\r\n";
    socket.end(
      random.pick([
        `GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: a${end}`,
        `GET / HTTP/1.1\r\nHost: a\r\n${"X-Y: z\r\n".repeat(3000)}${end}`,
        `POST /api/validate HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked${end}0${end}`,
        `POST /api/validate HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked${end}zz\r\n`,
        `POST /api/validate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99${end}{"token"`,
        `GET /api/session HTTP/1.1\r\nHost: a\r\nCookie: session=\u0001\u0002${end}`,
        `GET /api/session HTTP/9.9${end}`,
        `EVIL /api/session HTTP/1.1\r\nHost: a${end}`,
        `CONNECT evil.example:443 HTTP/1.1\r\nHost: a${end}`,
        Buffer.from(Array.from({ length: 300 }, () => random.below(256))).toString("latin1"),
        "\r\n".repeat(50),
      ]),
      "latin1",
    );
  });
}

test("After all malformed requests a sign-in works, and the log has no unexpected error", async () => {
  const person = await lab.person("passkey");
  expect(await lab.signInWithPasskey(lab.agent(), person.authenticator)).toEqual(person.user);
  await lab.agent().get("/readyz").expect(200);
  const failures = lab
    .logs()
    .filter((line) => line.includes('"request.failed"') || line.includes('"level":50'));
  expect(failures.slice(0, 3)).toEqual([]);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});
