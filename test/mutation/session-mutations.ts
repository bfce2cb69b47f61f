/** Mistakes in the session ports over a host's own sessions and tokens, each with the test files that must see it. */
import type { Mutation } from "./mutation.ts";

const tokens = ["session-conformance.test.ts", "jwt-host-functions.test.ts", "port-races.test.ts"];
const hosts = ["session-conformance.test.ts", "express-session-port.test.ts", "port-races.test.ts"];

export const sessionMutations: readonly Mutation[] = [
  {
    id: "J01-a-proof-time-that-is-missing-is-the-time-of-issue",
    file: "jwt-claims.ts",
    find: "if (!isCount(auth_time) || !isCount(session_end)",
    replace: "if (!isCount(auth_time ?? Reflect.get(payload, 'iat')) || !isCount(session_end)",
    tests: tokens,
  },
  {
    id: "J02-a-lost-key-server-makes-visitors",
    file: "jwt-claims.ts",
    find: "JWKS_NO_MATCHING_KEY)/",
    replace: "JWKS_)/",
    tests: tokens,
  },
  {
    id: "J03-a-session-of-tokens-lasts-a-moment-longer",
    file: "jwt-sessions.ts",
    find: "claims.session_end <= seconds(now())",
    replace: "claims.session_end < seconds(now())",
    tests: tokens,
  },
  {
    id: "J04-replaced-tokens-go-on",
    file: "jwt-sessions.ts",
    find: "if (isEnded || isReplaced) return false;",
    replace: "if (isEnded && !isReplaced) return false;",
    tests: tokens,
  },
  {
    id: "J05-a-sign-in-leaves-the-tokens-of-before",
    file: "jwt-sessions.ts",
    find: "if (before !== null) await endSession(before, { req, res });",
    replace: "",
    tests: tokens,
  },
  {
    id: "J06-a-renewal-does-not-look-again",
    file: "jwt-sessions.ts",
    find: "// Sign-out may have come in between: then it wins.\n      if (!(await isAlive(req, claims)))",
    replace: "if (claims.sid === '')",
    tests: tokens,
  },
  {
    id: "J07-a-refresh-makes-an-old-proof-new",
    file: "jwt-sessions.ts",
    find: "const tokens = await issue(claims, { req, res });\n      if",
    replace: "const tokens = await issue({ ...claims, auth_time: seconds(now()) }, { req, res });\n      if",
    tests: ["mount/jwt-sessions.test.ts"],
  },
  {
    id: "J08-tokens-without-claims-are-handed-out",
    file: "jwt-sessions.ts",
    find: "if (isCarried) return tokens;",
    replace: "if (isCarried || isNew) return tokens;",
    tests: tokens,
  },
  {
    id: "J09-a-code-waits-under-a-name-that-the-client-chose",
    file: "pending-codes.ts",
    find: 'isVisitor ? randomBytes(32).toString("base64url")',
    replace: 'isVisitor ? (names[0] ?? randomBytes(32).toString("base64url"))',
    tests: ["one-time-codes.test.ts"],
  },
  {
    id: "J10-the-body-carries-no-tokens",
    file: "answer-tokens.ts",
    find: "return tokens === undefined ? {} : { tokens };",
    replace: "return tokens === undefined ? { tokens: {} } : {};",
    tests: ["mount/jwt-sessions.test.ts"],
  },
  {
    id: "J11-a-session-that-was-brought-back-counts",
    file: "host-session.ts",
    find: "return markers.some((marker) => marker !== null);",
    replace: "return markers.every((marker) => marker !== null);",
    tests: hosts,
  },
  {
    id: "J12-the-proof-passes-to-another-user",
    file: "express-session-port.ts",
    find: "if (known?.userId === userId) return known;",
    replace: "if (known !== undefined) return { ...known, userId };",
    tests: hosts,
  },
  {
    id: "J13-a-sign-in-carries-over-what-a-visitor-had",
    file: "express-session-port.ts",
    find: "(isVisitor && keepAtSignIn.includes(name))",
    replace: "isVisitor || keepAtSignIn.includes(name)",
    tests: hosts,
  },
  {
    id: "J14-a-renewal-takes-the-members-of-its-own-request",
    file: "express-session-port.ts",
    find: "fill(session, hostMembers(stored), renewed)",
    replace: "fill(session, {}, renewed)",
    tests: hosts,
  },
  {
    id: "J15-a-sign-out-with-the-old-cookie-ends-an-empty-session",
    file: "express-session-port.ts",
    find: "const named = dropped.get(req) ?? (isKnown ? req.sessionID : null);",
    replace: "const named = isKnown ? req.sessionID : null;",
    tests: hosts,
  },
  {
    id: "J16-a-brand-takes-the-cookie-of-another",
    file: "cookie-name.ts",
    find: "return secrets.map((one) =>",
    replace: 'if (own !== "") return secrets;\n  return secrets.map((one) =>',
    tests: ["several-routers.test.ts"],
  },
  {
    id: "J17-a-failed-opening-is-final",
    file: "lazy-storage.ts",
    find: "attempt = null;\n      failed = {",
    replace: "failed = {",
    tests: ["lazy-storage.test.ts"],
  },
  {
    id: "J18-a-held-back-body-counts-after-the-host-has-signed-out",
    file: "host-session.ts",
    find: "return hasBody && ",
    replace: "return !hasBody && ",
    tests: ["express-session-port.test.ts"],
  },
];
