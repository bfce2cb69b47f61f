/**
 * Can somebody tell from outside which addresses are known? Times `POST /otp/challenge` for addresses with an
 * account, without one, and for one that has had too many codes, taken in turns, and compares the distributions:
 * how often a request of one kind is slower than one of another (0.5 is a coin toss).
 */
import { BenchBrowser } from "./browser.ts";
import { freeOrigin, startSubject } from "./process.ts";

const samples = 300;

export async function measureEnumeration(line: (what: string, reached: string) => void): Promise<void> {
  const origin = await freeOrigin();
  const subject = await startSubject("app+emulator", origin);
  const outbox = new BenchBrowser(subject.apiUrl.replace(/\/v1$/, ""));
  const throttled = "throttled@example.com";
  for (let send = 0; send < subjectSendsPerAddress; send++) await ask(origin, throttled);

  const times = { known: [] as number[], unknown: [] as number[], throttled: [] as number[] };
  for (let index = 0; index < samples; index++) {
    // Every known address is asked once only, so that it does not become a throttled one.
    const address = `known-${index}@example.com`;
    await signIn(origin, outbox, address);
    times.known.push(await ask(origin, address));
    times.unknown.push(await ask(origin, `unknown-${index}@example.com`));
    times.throttled.push(await ask(origin, throttled));
  }
  await subject.stop();
  line(
    "(5) slower for known than for unknown addresses",
    `${slower(times.known, times.unknown)} of pairs (0.50 is a coin toss)`,
  );
  line(
    "    slower for throttled than for unknown addresses",
    `${slower(times.throttled, times.unknown)} of pairs`,
  );
  for (const [kind, list] of Object.entries(times)) {
    const sorted = list.toSorted((a, b) => a - b);
    const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
    line(`    ${kind}`, `p10 ${at(0.1)} ms, p50 ${at(0.5)} ms, p90 ${at(0.9)} ms`);
  }
}

/** The subject allows so many codes to one address. */
export const subjectSendsPerAddress = 20;

async function ask(origin: string, email: string): Promise<number> {
  const begunAt = performance.now();
  await new BenchBrowser(origin).post("/api/otp/challenge", { email });
  return performance.now() - begunAt;
}

async function signIn(origin: string, outbox: BenchBrowser, email: string): Promise<void> {
  const browser = new BenchBrowser(origin);
  await browser.post("/api/otp/challenge", { email });
  const [message] = await outbox.get<{ code: string }[]>(`/emulator/messages?to=${email}`);
  await browser.post("/api/otp/verify", { code: message?.code ?? "" });
}

/** The share of pairs in which the first is slower (Mann-Whitney's U over the number of pairs). */
function slower(first: readonly number[], second: readonly number[]): string {
  let wins = 0;
  for (const a of first) for (const b of second) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return (wins / (first.length * second.length)).toFixed(2);
}
