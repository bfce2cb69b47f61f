/** How soon the emulator is ready: from the command line, with ten thousand users, and for the first ceremony. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { startEmulator } from "../../server/emulator/index.ts";
import { createClientApi } from "../kit/client-api.ts";
import { startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";

const origin = "http://localhost:3000";
const run = promisify(execFile);

export interface Readiness {
  /** Milliseconds from the start of the process to the first answer of a request. */
  readonly commandLine: number;
  /** Milliseconds for ten thousand users with a passkey each. */
  readonly seeded: number;
  /** Milliseconds for an enrollment and a sign-in through the kit. */
  readonly firstCeremony: number;
  readonly medianCeremony: number;
}

export async function measureReadiness(): Promise<Readiness> {
  await run(process.execPath, ["node_modules/typescript/bin/tsc", "-b", "server/emulator"]);
  const commandLine = await bestOf(5, startFromCommandLine);
  return { commandLine, seeded: await bestOf(3, seedTenThousand), ...(await ceremonies(30)) };
}

async function bestOf(times: number, measure: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < times; round += 1) best = Math.min(best, await measure());
  return best;
}

async function startFromCommandLine(): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, ["dist/server/emulator/cli.js", "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(child.stdout), "line");
  const { url }: { readonly url: string } = JSON.parse(line);
  const answer = await fetch(`${url}/emulator/health`);
  if (!answer.ok) throw new Error(`The emulator answered ${answer.status}.`);
  const reached = performance.now() - begun;
  child.kill();
  await once(child, "exit");
  return reached;
}

async function seedTenThousand(): Promise<number> {
  await using emulator = await startEmulator();
  const users = Array.from({ length: 10_000 }, (_, at) => ({
    userId: `user-${at}`,
    email: `user-${at}@example.com`,
    passkeys: [{}],
  }));
  const begun = performance.now();
  emulator.seed({ users });
  return performance.now() - begun;
}

async function ceremonies(count: number) {
  await using kit = await startEmulatorFor();
  const times: number[] = [];
  const secret = Buffer.from(`${kit.authsignal.apiSecretKey}:`).toString("base64");
  for (let at = 0; at < count; at += 1) {
    const begun = performance.now();
    const client = createClientApi({ ...kit.browser, origin, authenticator: createSoftAuthenticator() });
    const tracked = await fetch(`${kit.emulator.apiUrl}/users/user-${at}/actions/enroll`, {
      method: "POST",
      headers: { authorization: `Basic ${secret}` },
    });
    const { token }: { readonly token: string } = await tracked.json();
    await client.signUp({ token });
    await client.signIn({ action: "sign-in" });
    times.push(performance.now() - begun);
  }
  const [firstCeremony = 0] = times;
  const medianCeremony = times.toSorted((a, b) => a - b)[Math.floor(count / 2)] ?? 0;
  return { firstCeremony, medianCeremony };
}
