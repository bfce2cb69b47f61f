/** Virtual people: they sign in, make, name and use passkeys, sign out, and remember everything that was acknowledged. */
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { actions } from "../../shared/actions.ts";
import { createClientApi } from "../kit/client-api.ts";
import { createSoftAuthenticator, type SoftAuthenticator } from "../kit/soft-authenticator.ts";
import { Browser, type Ledger, memberOf, type Outcome } from "./ledger.ts";
import { origin, type Tenant } from "./servers.ts";

export interface Place {
  /** Where the app is reached: nginx, or an instance. */
  readonly base: string;
  readonly emulator: Tenant & { readonly url: string };
}

export interface Person {
  /** Lives until `isOver` answers true. */
  live(isOver: () => boolean): Promise<void>;
  /** Adds to `ledger.lost` what was acknowledged and is not there. */
  check(): Promise<void>;
}

const pauseMs = 60;
const retryMs = 300;

/** What was acknowledged of a passkey. The name is null while nobody can know it: an answer did not arrive. */
interface KnownPasskey {
  name: string | null;
}

export function createPerson({ base, emulator }: Place, ledger: Ledger): Person {
  const address = `10.${randomInt(256)}.${randomInt(256)}.${1 + randomInt(254)}`;
  const email = `${randomUUID()}@example.com`;
  const authenticator: SoftAuthenticator = createSoftAuthenticator();
  const passkeys = new Map<string, KnownPasskey>();
  const client = createClientApi({
    tenantId: emulator.tenantId,
    baseUrl: emulator.apiUrl,
    origin,
    authenticator,
  });
  let browser: Browser | null = null;
  let userId: string | null = null;

  const newBrowser = (): Browser => new Browser({ base, origin, address }, ledger);

  /** Asks again as a person does, until it works, the person's time is over, or the answer is a definite no. */
  async function insist(isOver: () => boolean, ask: () => Promise<Outcome>): Promise<Outcome> {
    for (;;) {
      const outcome = await ask();
      const isDefinite = outcome.status !== null && outcome.status < 500;
      if (outcome.isOk || isDefinite || isOver()) return outcome;
      await delay(retryMs);
    }
  }

  function acknowledge(event: string, { requestId }: Outcome): void {
    ledger.acknowledged.push({ event, requestId });
  }

  function accept(token: string): void {
    ledger.tokens.set(token, (ledger.tokens.get(token) ?? 0) + 1);
  }

  function signedIn(own: Browser, outcome: Outcome): void {
    const id = String(memberOf(outcome.body, "user", "id"));
    if (userId !== null && id !== userId) ledger.lost.push("A sign-in led to another account.");
    userId = id;
    browser = own;
    acknowledge("sign_in.succeeded", outcome);
  }

  async function signInWithCode(isOver: () => boolean): Promise<void> {
    while (browser === null) {
      const own = newBrowser();
      const asked = await insist(isOver, () => own.call("POST", "/otp/challenge", { email }));
      const code = asked.isOk ? await readCode() : null;
      if (code !== null) {
        // The same code again after a 503: it is not burnt.
        const entered = await insist(isOver, () => own.call("POST", "/otp/verify", { code }));
        if (entered.isOk) signedIn(own, entered);
      }
      if (isOver()) return;
      if (browser === null) await delay(retryMs);
    }
  }

  async function readCode(): Promise<string | null> {
    const url = `${emulator.url}/emulator/messages/latest?to=${encodeURIComponent(email)}&wait=2000`;
    const message: unknown = await (await fetch(url)).json();
    const code = memberOf(message, "code");
    return typeof code === "string" ? code : null;
  }

  async function signInWithPasskey(isOver: () => boolean): Promise<void> {
    while (browser === null) {
      const token = await ceremony(() => client.signIn({ action: actions.signInWithPasskey }));
      if (token !== null) {
        const own = newBrowser();
        const body = { token, action: actions.signInWithPasskey };
        // A double click, now and then: one of them at most may count.
        const [first, second] = await Promise.all([
          own.call("POST", "/validate", body),
          Math.random() < 0.3 ? newBrowser().call("POST", "/validate", body) : null,
        ]);
        for (const one of [first, second]) if (one?.isOk === true) accept(token);
        if (first.isOk) signedIn(own, first);
      }
      if (isOver()) return;
      if (browser === null) await delay(retryMs);
    }
  }

  async function enroll(isOver: () => boolean): Promise<void> {
    const own = browser;
    if (own === null) return;
    const begun = await insist(isOver, () => own.call("POST", "/enroll-token", {}));
    if (!begun.isOk) return;
    const token = await ceremony(() => client.signUp({ token: String(memberOf(begun.body, "token")) }));
    if (token === null) return;
    const body = { token, action: actions.enrollPasskey };
    const finished = await insist(isOver, () => own.call("POST", "/validate", body));
    if (!finished.isOk) return;
    accept(token);
    acknowledge("passkey.enrolled", finished);
    passkeys.set(String(memberOf(finished.body, "passkey", "id")), { name: null });
  }

  /** A ceremony whose half at Authsignal fails is tried again by the caller. */
  async function ceremony(run: () => Promise<string>): Promise<string | null> {
    return run().catch(() => null);
  }

  async function rename(own: Browser): Promise<void> {
    const [known] = passkeys;
    if (known === undefined) return;
    const [id, passkey] = known;
    const name = `name ${randomInt(1_000_000)}`;
    const before = passkey.name;
    passkey.name = null;
    const renamed = await own.call("PATCH", `/passkeys/${id}`, { name });
    if (renamed.isOk) passkey.name = name;
    else if (renamed.status !== null && renamed.status < 500) passkey.name = before;
  }

  async function stepUp(own: Browser): Promise<void> {
    const action = actions.managePasskeys;
    const begun = await own.call("POST", "/step-up-token", { action });
    if (!begun.isOk) return;
    const given = String(memberOf(begun.body, "token"));
    const token = await ceremony(() => client.signInWithToken({ token: given }));
    if (token === null) return;
    const finished = await own.call("POST", "/validate", { token, action });
    if (finished.isOk) {
      accept(token);
      acknowledge("step_up.succeeded", finished);
    } else if (finished.status === null || finished.status >= 500) {
      // The step-up renewed the session, perhaps, and the new cookie did not arrive: DEPLOYING.md says so.
      const session = await own.call("GET", "/session");
      if (session.isOk && memberOf(session.body, "user") === null) {
        ledger.signedOut += 1;
        browser = null;
      } else if (!session.isOk) browser = null;
    }
  }

  async function signOut(own: Browser): Promise<void> {
    // Signed out already by a lost answer to a step-up: then the end of no session is recorded.
    const still = await own.call("GET", "/session");
    if (still.isOk && memberOf(still.body, "user") === null) {
      ledger.signedOut += 1;
      browser = null;
      return;
    }
    const before = own.copy();
    const ended = await own.call("DELETE", "/session");
    browser = null;
    if (!ended.isOk) return;
    acknowledge("sign_out", ended);
    const session = await before.call("GET", "/session");
    if (session.isOk && memberOf(session.body, "user") !== null)
      ledger.lost.push("A session that was ended is alive.");
  }

  async function compare(own: Browser, where: string): Promise<void> {
    const session = await own.call("GET", "/session");
    if (session.isOk && memberOf(session.body, "user", "id") !== userId) {
      ledger.lost.push(`A session ${where}.`);
      browser = null;
      return;
    }
    const list = await own.call("GET", "/passkeys");
    if (!list.isOk || !Array.isArray(list.body)) return;
    for (const [id, { name }] of passkeys) {
      const found: unknown = list.body.find((one: unknown) => memberOf(one, "id") === id);
      if (found === undefined) ledger.lost.push(`A passkey ${where}.`);
      else if (name !== null && memberOf(found, "name") !== name)
        ledger.lost.push(`The name of a passkey ${where}.`);
    }
  }

  return {
    async live(isOver) {
      while (!isOver()) {
        if (browser === null && passkeys.size > 0) await signInWithPasskey(isOver);
        else if (browser === null) await signInWithCode(isOver);
        if (browser !== null && passkeys.size === 0) await enroll(isOver);
        const own: Browser | null = browser;
        if (own !== null) {
          await compare(own, "under way");
          await rename(own);
          if (browser !== null) await stepUp(own);
          if (browser !== null && Math.random() < 0.5) await signOut(own);
        }
        await delay(Math.random() * 2 * pauseMs);
      }
    },
    async check() {
      const own: Browser | null = browser;
      if (own !== null) await compare(own.copy(), "after it");
    },
  };
}
