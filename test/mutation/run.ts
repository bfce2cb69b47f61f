/**
 * Makes one mistake of the tables at a time and says which of them no test sees.
 *
 *   npm run mutation                      all of them
 *   npm run mutation -- C12 emulator      those whose id or file contains one of the words
 *   npm run mutation:changed              those whose file or tests differ from the commit before, and which critical
 *                                         files differ without an entry
 *   npm run mutation:changed -- main      the same against another commit
 *
 * `--max=20` makes so many at the most, and `--minutes=3` begins no further one after that time. Both have these values
 * in `mutation:changed`, and no bound in `mutation`.
 *
 * Exits with 1 when a mistake that must be seen is not, when an entry is out of date, or when a test fails without any.
 */
import { parseArgs } from "node:util";
import { type Choice, choose, sampleIds } from "./choice.ts";
import { type Mutation, mutate, StaleMutation } from "./mutation.ts";
import { allMutations, type Placed, place } from "./tables.ts";
import { git, isRepository, openWorkshop, type Workshop } from "./workshop.ts";

/** Where a mistake costs most: a change there should come with an entry of the tables. */
const critical = new RegExp(
  [
    "client/passkeys/.+",
    "server/(passkeys/(flows|ports)|sessions|storage|authsignal)/.+",
    "server/emulator/(webauthn|domain|api|tenant)/.+",
    "server/(http/outages|app/readiness)",
  ]
    .map((path) => `^${path}\\.ts$`)
    .join("|"),
);

type Verdict = "killed" | "survived" | "stale" | "known survivor";

/** Files that differ from a commit, committed or not; null where there is no such commit. */
function changedSince(base: string): readonly string[] | null {
  if (!isRepository || git("rev-list", "--max-count=1", "--ignore-missing", base, "--").length === 0)
    return null;
  const differing = git("diff", "--name-only", base, "--");
  const created = git("ls-files", "--others", "--exclude-standard");
  return [...new Set([...differing, ...created])];
}

/** Without a mutation every test must pass, or a failure would say nothing. */
async function requireGreen(workshop: Workshop, chosen: readonly Placed[]): Promise<void> {
  const files = [...new Set(chosen.flatMap(({ testPaths }) => testPaths))];
  const { tests, failed } = await workshop.test(files);
  if (failed !== null) throw new Error(`Without any mutation this fails already: ${failed}`);
  console.log(`${tests} tests in ${files.length} files pass without a mutation.`);
}

async function judge(workshop: Workshop, mutation: Placed): Promise<Verdict> {
  const { id, path, testPaths, survives } = mutation;
  const startedAt = performance.now();
  const original = workshop.read(path);
  workshop.write(path, mutate(original, mutation));
  try {
    const { tests, failed } = await workshop.test(testPaths);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (tests === 0 && failed === null) throw new StaleMutation(`no test ran in ${testPaths.join(", ")}.`);
    if (failed !== null) console.log(`killed    ${id}  ${path}  ${seconds} s  ${failed}`);
    else if (survives === undefined) console.log(`SURVIVED  ${id}  ${path}  ${seconds} s`);
    else console.log(`known     ${id}  ${path}  ${seconds} s  ${survives}`);
    if (failed !== null) return "killed";
    return survives === undefined ? "survived" : "known survivor";
  } finally {
    workshop.write(path, original);
  }
}

async function run(mutations: readonly Mutation[], choice: Choice, minutes: number): Promise<boolean> {
  const endsAt = performance.now() + minutes * 60_000;
  const workshop = openWorkshop();
  const verdicts: Verdict[] = [];
  const orStale = async <Value>({ id }: Mutation, attempt: () => Value | Promise<Value>) => {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StaleMutation)) throw error;
      console.log(`STALE     ${id}  ${error.message}`);
      verdicts.push("stale");
      return null;
    }
  };
  try {
    const placed: Placed[] = [];
    for (const mutation of mutations) {
      const one = await orStale(mutation, () => place(mutation, workshop.tracked));
      if (one !== null) placed.push(one);
    }
    for (const path of choice.changed ?? []) {
      const hasEntry = placed.some((mutation) => mutation.path === path);
      if (critical.test(path) && !hasEntry) console.log(`NO ENTRY  ${path}`);
    }
    const chosen = choose(placed, choice);
    if (chosen.length > 0) await requireGreen(workshop, chosen);
    for (const [at, mutation] of chosen.entries()) {
      if (performance.now() > endsAt) {
        console.log(`The time is over: ${chosen.length - at} of ${chosen.length} mutations were not made.`);
        break;
      }
      const verdict = await orStale(mutation, () => judge(workshop, mutation));
      if (verdict !== null) verdicts.push(verdict);
    }
  } finally {
    workshop.close();
  }
  return report(verdicts);
}

/** @returns whether all is as the tables say */
function report(verdicts: readonly Verdict[]): boolean {
  const count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
  const counted = count("killed") + count("survived");
  const score = counted === 0 ? "none" : `${Math.floor((count("killed") / counted) * 100)} %`;
  const rest = `${count("known survivor")} known survivors, ${count("stale")} entries out of date`;
  console.log(`Mutation score: ${score} (${count("killed")} of ${counted} killed; ${rest}).`);
  return count("survived") === 0 && count("stale") === 0;
}

function chooseChanged(base: string, max: number): Choice {
  const changed = changedSince(base);
  if (changed !== null) return { changed, words: [], max };
  console.log(`There is no commit ${base} to compare with: a fixed sample is made instead.`);
  return { changed: null, words: sampleIds, max };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { max: { type: "string" }, minutes: { type: "string" } },
});
const [mode, ...words] = positionals;
const isBounded = mode === "changed";
const max = Number(values.max ?? (isBounded ? 20 : Number.POSITIVE_INFINITY));
const minutes = Number(values.minutes ?? (isBounded ? 3 : Number.POSITIVE_INFINITY));
const choice: Choice = isBounded ? chooseChanged(words[0] ?? "HEAD~1", max) : { changed: null, words, max };
if (!(await run(allMutations, choice, minutes))) process.exitCode = 1;
