/** Which accounts a proven mailbox opens is the host's to say, and an attacker who registered first gains nothing. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { UserDirectory } from "../../server/passkeys/ports/users.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import type { Agent } from "../kit/flows.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { type Account, startPasswordHost } from "./password-host.ts";

let kit: EmulatorFor;
beforeAll(async () => {
  kit = await startEmulatorFor({ prefix: "/auth" });
});
afterAll(() => kit?.close());

/** As in ADDING.md: an account whose address was never proven loses it to the person who proves it. */
function releaseUnproven(accounts: Account[], add: (account: Partial<Account>) => Account): UserDirectory {
  return {
    findById: async (id) => accounts.find((account) => account.id === id) ?? null,
    async findOrCreateByEmail(email) {
      const known = accounts.find((account) => account.email === email);
      if (known?.isVerified) return known;
      if (known !== undefined) known.email = `unproven+${known.id}@example.invalid`;
      return add({ email, isVerified: true });
    },
  };
}

async function challenge(agent: Agent, email: string): Promise<string> {
  await agent.post("/auth/otp/challenge").send({ email }).expect(202);
  return kit.readCode(email);
}

test("A host that takes no new people refuses a right code with no_account, and starts no session", async () => {
  const host = await startPasswordHost(kit, (common) => ({
    ...common,
    users: { ...common.users, findOrCreateByEmail: async () => null },
  }));
  const agent = host.agent();
  const email = kit.newAddress();
  const code = await challenge(agent, email);
  const wrong = code === "111111" ? "222222" : "111111";
  const incorrect = await agent.post("/auth/otp/verify").send({ code: wrong }).expect(401);
  expect(incorrect.body.code).toBe("otp_incorrect");
  const refused = await agent.post("/auth/otp/verify").send({ code }).expect(403);
  expect(refused.body.code).toBe("no_account");
  expect(host.events.at(-1)).toMatchObject({ event: "sign_in.refused", reason: "no-account" });
  expect((await agent.get("/auth/session").expect(200)).body).toEqual({ user: null });
  // The code is spent, and the next one can be asked for at once.
  await agent.post("/auth/otp/verify").send({ code }).expect(409);
  await challenge(agent, email);
});

test("An account that must not be opened by a mailbox stays closed, and its password session stays signed in", async () => {
  const host = await startPasswordHost(kit, (common) => ({
    ...common,
    users: { ...common.users, findOrCreateByEmail: async () => null },
  }));
  const account = host.register({ isVerified: true });
  const agent = host.agent();
  await host.signIn(agent, account);
  const code = await challenge(agent, account.email);
  await agent.post("/auth/otp/verify").send({ code }).expect(403);
  const session = await agent.get("/auth/session").expect(200);
  expect(session.body.user.id).toBe(account.id);
});

test("A passkey of a person who registered an address first does not open the account of its owner", async () => {
  const host = await startPasswordHost(kit, (common, accounts, add) => ({
    ...common,
    users: releaseUnproven(accounts, add),
  }));
  const address = kit.newAddress();
  const attackers = host.register({ email: address, isVerified: false });
  const attacker = host.agent();
  const authenticator = createSoftAuthenticator();
  await host.signIn(attacker, attackers);
  await kit.enrollPasskey(attacker, authenticator);

  const owner = await kit.signInWithOtp(host.agent(), address);
  expect(owner.id).not.toBe(attackers.id);
  const opened = await kit.signInWithPasskey(host.agent(), authenticator);
  expect(opened).toEqual({ id: attackers.id, email: expect.stringMatching(/^unproven\+/) });
  // The owner comes back to the same account.
  expect(await kit.signInWithOtp(host.agent(), address)).toEqual(owner);
});
