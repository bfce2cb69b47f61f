/** The listings of server/emulator/README.md. */
import { expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/index.ts";

test("the README's emulator with a tenant of its own starts, and answers under its address", async () => {
  // in process
  const emulator = await startEmulator({
    tenants: [
      {
        tenantId: "t",
        secrets: ["emulator-s"],
        rpId: "localhost",
        expectedOrigins: ["http://localhost:3000"],
      },
    ],
  });
  // new Authsignal({ apiSecretKey: "emulator-s", apiUrl: emulator.apiUrl })       on the server
  // new Authsignal({ tenantId: "t", baseUrl: emulator.apiUrl })                   in the browser
  // end
  expect(emulator.apiUrl).toBe(`${emulator.url}/v1`);
  await emulator.close();
});

test("the README's test seeds a person, breaks the service, and moves the clock", async () => {
  await using emulator = await startEmulator();
  // a test
  const { passkeys } = emulator.seed({
    users: [{ userId: "ada", email: "ada@example.com", passkeys: [{}] }],
    actions: [
      {
        actionCode: "pay",
        rules: [{ ruleId: "r", name: "large", when: { custom: { large: true } }, outcome: "REVIEW" }],
      },
    ],
  });
  const credential = passkeys[0]?.credential; // what DevTools' WebAuthn.addCredential takes: Ada can sign in now
  emulator.addFault({ path: "/v1/validate", drop: "after" }); // the answer is lost, its effect stays
  emulator.clock.advance(11 * 60_000); // every token and code has expired
  expect(emulator.journal({ unmatched: true })).toEqual([]); // no path was misspelt
  // end
  expect(credential?.rpId).toBe("localhost");
});
