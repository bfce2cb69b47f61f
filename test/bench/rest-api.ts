/**
 * The REST API's budgets, as ratios of CPU taken in turns in one run. CPU rather than wall time, because machines are
 * shared. Prints what was reached; asserts nothing.
 */
import { startBare, startBaseline, startOurs, startPlainSession } from "./contenders.ts";
import { measureEnumeration } from "./enumeration.ts";
import { measureInTurns } from "./in-turns.ts";
import { buildSubjects } from "./process.ts";
import { measureStart } from "./start.ts";

async function main(): Promise<void> {
  await buildSubjects();
  const baseline = await startBaseline();
  const [separate, together] = [await startOurs("app"), await startOurs("app+emulator")];
  const [bare, plain] = [await startBare(), await startPlainSession()];
  const signIn = await measureInTurns({
    baseline,
    separate: separate.signIn,
    together: together.signIn,
    bare: bare.validate,
  });
  const { rssMib } = await separate.signIn.subject.usage();
  const { rssMib: baselineMib } = await baseline.subject.usage();
  const enrollToken = await measureInTurns({ ours: separate.enrollToken, bare: bare.enrollToken });
  const session = await measureInTurns({ ours: together.getSession, plain });
  for (const { stop } of [baseline.subject, separate, together, bare, plain.subject]) await stop();
  const start = await measureStart();

  line(
    "baseline: Express + express-session + @simplewebauthn/server",
    `${ms(signIn.baseline)} CPU per sign-in`,
  );
  line(
    "(a) our app, Authsignal elsewhere",
    `${ms(signIn.separate)}, ${ratio(signIn.baseline, signIn.separate)} × the baseline's rate (goal 2)`,
  );
  line(
    "(b) our app and the emulator in one process",
    `${ms(signIn.together)}, ${ratio(signIn.baseline, signIn.together)} × the baseline's rate (goal 1)`,
  );
  line(
    "(c) /validate against the bare SDK call",
    `${ratio(signIn.separate, signIn.bare)} × its CPU (goal 1.15)`,
  );
  line(
    "    /enroll-token against the bare SDK call",
    `${ratio(enrollToken.ours, enrollToken.bare)} × its CPU (goal 1.15)`,
  );
  line(
    "    what stands in the way: a bare handler with that one SDK call",
    `${ms(signIn.bare)}, ${ratio(signIn.bare, signIn.baseline)} of a whole sign-in of the baseline`,
  );
  line(
    "(d) start to first answer",
    `${ms(start.wallMs)}, ${ratio(start.wallMs, start.emptyMs)} × a program that does nothing`,
  );
  line(
    "    memory after the sign-ins, Authsignal elsewhere",
    `${rssMib.toFixed(0)} MiB, the baseline's ${baselineMib.toFixed(0)} MiB`,
  );
  line(
    "(e) GET /session against plain express-session",
    `${ratio(session.ours, session.plain)} × its CPU (goal 1.05)`,
  );
  await measureEnumeration(line);
}

function line(what: string, reached: string): void {
  console.log(`${what.padEnd(62)} ${reached}`);
}

const ms = (value: number) => `${value.toFixed(2)} ms`;
const ratio = (of: number, to: number) => (of / to).toFixed(2);

await main();
