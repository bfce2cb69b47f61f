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
];
