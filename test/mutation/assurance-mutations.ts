/** Mistakes in how much a session may do, each with the test files that must see it. */
import type { Mutation } from "./mutation.ts";

export const assuranceMutations: readonly Mutation[] = [
  {
    id: "R01-anonymous-sign-in-needs-no-page",
    file: "flows/passkey-sign-in.ts",
    find: "if (userId === null && !begunHere.holdsFor(req))",
    replace: "if (userId !== null && !begunHere.holdsFor(req))",
    tests: ["login-csrf.test.ts"],
  },
  {
    id: "R02-other-sites-send-the-cookie-of-the-page",
    file: "begun-here.ts",
    find: 'sameSite: "strict"',
    replace: 'sameSite: "none"',
    tests: ["login-csrf.test.ts"],
  },
  {
    id: "R03-a-code-lifts-the-limit-of-its-session",
    file: "stored-session.ts",
    find: 'proof.assurance ?? assurance ?? "full"',
    replace: 'proof.assurance ?? "full"',
    tests: ["session-conformance.test.ts"],
  },
  {
    id: "R04-claim-of-the-limit-is-not-read",
    file: "jwt-claims.ts",
    find: "session_limited === undefined ? {} :",
    replace: "session_limited === true ? {} :",
    tests: ["session-conformance.test.ts"],
  },
  {
    id: "R05-outage-opens-the-account-by-code",
    file: "assurance/standing.ts",
    find: "authenticators === null || authenticators.passkeys.length > 0",
    replace: "authenticators !== null && authenticators.passkeys.length > 0",
    tests: ["assurance.test.ts"],
  },
  {
    id: "R06-ended-recovery-opens-every-session",
    file: "assurance/standing.ts",
    find: "recovery?.usedBySession === session.id",
    replace: "recovery?.usedBySession !== session.id",
    tests: ["passkeys/recovery.test.ts"],
  },
  {
    id: "R07-recovery-ends-at-once",
    file: "assurance/standing.ts",
    find: "recovery.isEndTold || recovery.endsAt > now()",
    replace: "recovery.isEndTold || recovery.beganAt > now()",
    tests: ["passkeys/recovery.test.ts"],
  },
  {
    id: "R08-limited-session-cancels-a-recovery",
    file: "assurance/recovery.ts",
    find: "await requireFull(context, req, session);",
    replace: "await standingOf(context, req, session);",
    tests: ["assurance.test.ts"],
  },
  {
    id: "R09-passkey-of-a-cancelled-recovery-stays",
    file: "flows/enrollment.ts",
    find: "if (standing.isLimited && begun.passkeyIds.length > 0)",
    replace: "if (standing.isLimited && begun.passkeyIds.length > 99)",
    tests: ["passkeys/recovery.test.ts"],
  },
  {
    id: "R10-step-up-leaves-the-limit",
    file: "flows/step-up.ts",
    find: '{ method: "passkey", assurance: "full" }',
    replace: '{ method: "passkey" }',
    tests: ["assurance.test.ts"],
  },
  {
    id: "R12-account-is-deleted-without-a-proof",
    file: "account/delete-account.ts",
    find: "await requireFresh(context, req, session);",
    replace: "",
    tests: ["delete-account.test.ts"],
  },
  {
    id: "R11-limited-person-deletes-passkeys",
    file: "flows/freshness.ts",
    find: "const standing = await requireFull(context, req, session);",
    replace: "const standing = await standingOf(context, req, session);",
    tests: ["assurance.test.ts"],
  },
];
