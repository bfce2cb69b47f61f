/**
 * The emulator's numbers: CPU of a passkey sign-in beside a bare pair of endpoints, time to start, and memory over many
 * sign-ins (`-- --sign-ins 100000`). Prints what was reached; asserts nothing.
 */
import { type ChildProcess, fork } from "node:child_process";
import { Agent, request } from "node:http";
import { parseArgs } from "node:util";
import { Authsignal } from "@authsignal/node";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { measureReadiness } from "./emulator-readiness.ts";
import type { EmulatorSubject } from "./emulator-subject.ts";

const origin = "http://localhost:3000";
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const perRound = 300;
const { values } = parseArgs({ options: { "sign-ins": { type: "string", default: "5000" } } });

interface Usage {
  readonly cpuMs: number;
  readonly heapMib: number;
  readonly rssMib: number;
}

interface Subject {
  readonly url: string;
  readonly startedInMs: number;
  /** One full sign-in. */
  signIn(): Promise<void>;
  usage(): Promise<Usage>;
  stop(): void;
}

async function startSubject(kind: EmulatorSubject): Promise<Subject> {
  const child = fork(new URL("./emulator-subject.ts", import.meta.url), [kind], {
    execArgv: ["--expose-gc", "--import", "tsx"],
  });
  const startedInMs = kind === "emulator" ? Number((await message(child)).startedInMs) : 0;
  const url = String((await message(child)).url);
  const signIn = kind === "emulator" ? await emulatorSignIn(url) : await bareSignIn(url);
  return {
    url,
    startedInMs,
    signIn,
    async usage() {
      child.send("usage");
      const { cpuMs, heapMib, rssMib } = await message(child);
      return { cpuMs: Number(cpuMs), heapMib: Number(heapMib), rssMib: Number(rssMib) };
    },
    stop: () => child.kill(),
  };
}

/** As the web SDK does it: challenge for an action, options, verify. */
async function emulatorSignIn(url: string): Promise<() => Promise<void>> {
  const authenticator = createSoftAuthenticator();
  const authsignal = new Authsignal({ apiSecretKey: "emulator-bench", apiUrl: `${url}/v1` });
  const { token } = await authsignal.track({ userId: "someone", action: "enroll" });
  const post = (path: string, body: object, authorization: string) =>
    send(`${url}/v1/client${path}`, body, authorization);
  const passkey = "/user-authenticators/passkey";
  const creation = await post(`${passkey}/registration-options`, {}, `Bearer ${token}`);
  const registrationCredential = await authenticator.create(creation.options, { origin });
  await post(passkey, { registrationCredential, challengeId: creation.challengeId }, `Bearer ${token}`);
  const anonymous = `Basic ${Buffer.from("bench").toString("base64")}`;
  return async () => {
    const { challengeId } = await post("/challenge", { action: "sign-in" }, anonymous);
    const { options } = await post(`${passkey}/authentication-options`, { challengeId }, anonymous);
    const authenticationCredential = await authenticator.get(options, { origin });
    const verified = await post("/verify/passkey", { authenticationCredential, challengeId }, anonymous);
    if (verified.isVerified !== true) throw new Error("The emulator did not verify.");
  };
}

async function bareSignIn(url: string): Promise<() => Promise<void>> {
  const authenticator = createSoftAuthenticator();
  const challenge = Buffer.alloc(32, 7).toString("base64url");
  const credential = await authenticator.create(
    {
      challenge,
      rp: { id: "localhost", name: "Bench" },
      user: { id: "c29tZW9uZQ", name: "someone", displayName: "Someone" },
      pubKeyCredParams: [{ alg: -7, type: "public-key" }],
      excludeCredentials: [],
      authenticatorSelection: { residentKey: "required", userVerification: "preferred" },
    },
    { origin },
  );
  await send(`${url}/registration`, { credential, challenge });
  return async () => {
    const options = await send(`${url}/authentication-options`, {});
    const answer = await send(`${url}/authentication`, {
      credential: await authenticator.get(options, { origin }),
    });
    if (answer.isVerified !== true) throw new Error("The bare endpoints did not verify.");
  };
}

/** CPU milliseconds per sign-in, subjects taking turns: the best of several rounds, which noise can only worsen. */
async function compare(subjects: readonly Subject[]): Promise<number[]> {
  const best = subjects.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 6; round += 1) {
    for (const [at, subject] of subjects.entries()) {
      const before = await subject.usage();
      for (let index = 0; index < perRound; index += 1) await subject.signIn();
      const spent = ((await subject.usage()).cpuMs - before.cpuMs) / perRound;
      if (round > 0) best[at] = Math.min(best[at] ?? spent, spent);
    }
  }
  return best;
}

async function memory(subject: Subject, signIns: number): Promise<void> {
  const steps = 5;
  for (let step = 1; step <= steps; step += 1) {
    for (let index = 0; index < signIns / steps / 4; index += 1) {
      await Promise.all([subject.signIn(), subject.signIn(), subject.signIn(), subject.signIn()]);
    }
    const { heapMib, rssMib } = await subject.usage();
    line(
      `heap after ${(signIns / steps) * step} sign-ins`,
      `${heapMib.toFixed(1)} MiB (resident ${rssMib.toFixed(0)} MiB)`,
    );
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of two different servers, read by name
function send(url: string, body: object, authorization?: string): Promise<any> {
  const text = JSON.stringify(body);
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...(authorization === undefined ? {} : { authorization }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent, headers }, (answer) => {
      let received = "";
      answer.on("data", (chunk) => {
        received += chunk;
      });
      answer.on("end", () => resolve(JSON.parse(received)));
    });
    asked.on("error", reject);
    asked.end(text);
  });
}

function message(child: ChildProcess): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`The subject ended with ${code}.`));
    child.once("exit", onExit);
    child.once("message", (received) => {
      child.off("exit", onExit);
      resolve({ ...(typeof received === "object" ? received : {}) });
    });
  });
}

function line(what: string, reached: string): void {
  console.log(`${what.padEnd(64)} ${reached}`);
}

const readiness = await measureReadiness();
line(
  "emulator started from the command line, first answer",
  `${readiness.commandLine.toFixed(0)} ms (goal 500)`,
);
line("10,000 users with a passkey each, seeded in process", `${readiness.seeded.toFixed(0)} ms (goal 2000)`);
line("kit, first enrollment with sign-in", `${readiness.firstCeremony.toFixed(0)} ms (goal 100)`);
line("kit, enrollment with sign-in, median of 30", `${readiness.medianCeremony.toFixed(0)} ms (goal 50)`);
const bare = await startSubject("bare");
const emulator = await startSubject("emulator");
const [bareCpu = 0, emulatorCpu = 0] = await compare([bare, emulator]);
line("bare Express + @simplewebauthn/server, options and verify", `${bareCpu.toFixed(2)} ms CPU per sign-in`);
line(
  "emulator, challenge, options and verify",
  `${emulatorCpu.toFixed(2)} ms, ${(emulatorCpu / bareCpu).toFixed(2)} × (goal 1.3 ×)`,
);
line("emulator started in process", `${emulator.startedInMs.toFixed(0)} ms after import (goal 150)`);
bare.stop();
await memory(emulator, Number(values["sign-ins"]));
emulator.stop();
agent.destroy();
