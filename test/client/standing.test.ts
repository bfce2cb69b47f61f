/** What the account says about a session that a code has opened: limits, recovery, a device that may be lost. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { type Stack, startStack } from "../kit/start-stack.ts";
import { openBrowser, type TestBrowser } from "./browser.ts";
import { button, eventually, field, type } from "./page.ts";

const day = 24 * 60 * 60_000;
const stacks: Partial<Record<"limited" | "full", Stack>> = {};
let page: TestBrowser;

beforeAll(async () => {
  stacks.limited = await startStack({ policies: { afterCode: "limited" } });
  stacks.full = await startStack();
});
afterEach(() => page.close());
afterAll(async () => {
  await stacks.limited?.close();
  await stacks.full?.close();
});

function stackOf(policy: "limited" | "full"): Stack {
  const stack = stacks[policy];
  if (stack === undefined) throw new Error("The stack has not started.");
  return stack;
}

/** Somebody with a passkey on `authenticator`, who signs in with a code on a page with this authenticator. */
async function byCode(policy: "limited" | "full", { isPasskeyHere = true } = {}) {
  const stack = stackOf(policy);
  const agent = stack.agent();
  const { email } = await stack.signInWithOtp(agent);
  const authenticator = createSoftAuthenticator();
  await stack.enrollPasskey(agent, authenticator);
  stack.advance(60_000);
  page = await openBrowser(stack, isPasskeyHere ? { authenticator } : {});
  await page.signInWithCode(email);
  return { stack, agent, email, authenticator };
}

const reads = (words: string) => eventually(() => expect(page.text()).toContain(words));
const accountOpen = () => eventually(() => expect(location.pathname).toBe("/account"));
const press = async (name: string) => (await eventually(() => button(name))).click();
const inDialog = (name: string) =>
  eventually(() => {
    const found = [...document.querySelectorAll<HTMLButtonElement>("dialog:last-of-type button")].find(
      (element) => element.textContent?.trim() === name && element.closest("[hidden]") === null,
    );
    if (found === undefined) throw new Error(`The dialog has no "${name}".`);
    return found;
  });
const dialogText = () => document.querySelector("dialog:last-of-type")?.textContent ?? "";

describe("a limited session", () => {
  test("says what it may not do, and a passkey lifts the limit", async () => {
    await byCode("limited");
    await reads("You signed in with a code");
    await reads("you can see everything here, but change nothing");
    await press("Use your passkey");
    await eventually(() => expect(dialogText()).toContain("Confirm with your passkey to continue."));
    (await inDialog("Use your passkey")).click();
    await reads("Confirmed. You can use your whole account now.");
    expect(page.text()).not.toContain("You signed in with a code");
  });

  test("asks for the passkey when something would be changed, and goes on with it afterwards", async () => {
    await byCode("limited");
    await press("Rename");
    const name = await eventually(() => field("Name"));
    type(name, "My phone");
    button("Save").click();
    (await inDialog("Use your passkey")).click();
    await reads("Renamed to My phone.");
    await eventually(() => expect(page.text()).not.toContain("You signed in with a code"));
  });

  test("asks for the passkey before another one is added", async () => {
    await byCode("limited");
    await press("Add a passkey");
    (await inDialog("Use your passkey")).click();
    await eventually(() => expect(page.text()).not.toContain("You signed in with a code"));
    await eventually(() => expect(dialogText()).toContain("Where should the new passkey be saved?"));
  });

  test("keeps the typed name when the person does not confirm", async () => {
    await byCode("limited");
    await press("Rename");
    const name = await eventually(() => field("Name"));
    type(name, "My phone");
    button("Save").click();
    (await inDialog("Cancel")).click();
    await eventually(() => expect(document.querySelector("dialog")).toBeNull());
    expect(field("Name").value).toBe("My phone");
    expect(page.text()).not.toContain("Renamed");
  });

  test("begins recovery after a dialog, and says when to come back", async () => {
    const { agent } = await byCode("limited", { isPasskeyHere: false });
    await press("Lost your passkeys?");
    await eventually(() => expect(dialogText()).toContain("a person who has one of your passkeys can stop"));
    (await inDialog("Begin recovery")).click();
    await reads("Recovery is under way");
    const { body } = await agent.get("/api/session").expect(200);
    const when = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "short" });
    await reads(`Come back after ${when.format(new Date(body.recovery.endsAt))}.`);
    expect(() => button("Lost your passkeys?")).toThrow();
  });

  test("offers no recovery where the server names none", async () => {
    const { email } = await byCode("limited");
    await eventually(() => button("Lost your passkeys?"));
    const config = await (await fetch("/api/config")).json();
    const features = config.features.filter((part: string) => part !== "recovery");
    page.breakNetwork("/api/config", { body: JSON.stringify({ ...config, features }) });
    await page.load("/account");
    await reads("You signed in with a code");
    expect(page.text()).toContain(email);
    expect(() => button("Lost your passkeys?")).toThrow();
  });

  test("opens fully when the waiting time is over, and offers a new passkey", async () => {
    const { stack, email } = await byCode("limited", { isPasskeyHere: false });
    await press("Lost your passkeys?");
    (await inDialog("Begin recovery")).click();
    await reads("Recovery is under way");
    stack.advance(day + 60_000);
    await page.load("/sign-in");
    await page.signInWithCode(email);
    await reads("The waiting time of your recovery is over");
    const card = document.querySelector(".standing-card");
    card?.querySelector<HTMLButtonElement>('[data-ref="standingMain"]')?.click();
    await eventually(() => expect(dialogText()).toContain("Where should the new passkey be saved?"));
  });

  test("is left as it is when the person leaves the dialog of recovery", async () => {
    const { agent } = await byCode("limited");
    await press("Lost your passkeys?");
    (await inDialog("Cancel")).click();
    await eventually(() => expect(document.querySelector("dialog")).toBeNull());
    expect((await agent.get("/api/session").expect(200)).body.recovery).toBeUndefined();
    expect(button("Use your passkey")).toBeDefined();
  });
});

describe("a recovery that somebody else has begun", () => {
  test("is shown in a full session, which stops it", async () => {
    const { stack, email, authenticator, agent } = await byCode("limited");
    const other = stack.agent();
    await stack.signInWithOtp(other, email);
    await other.post("/api/recovery").send({}).expect(200);
    await page.load("/account");
    await reads("Recovery is under way");
    expect(authenticator.credentials()).toHaveLength(1);
    await press("Use your passkey");
    (await inDialog("Use your passkey")).click();
    await reads("Your account is being recovered");
    await press("Stop the recovery");
    await reads("The recovery is stopped.");
    expect(page.text()).not.toContain("Your account is being recovered");
    expect((await agent.get("/api/session").expect(200)).body.recovery).toBeUndefined();
  });
});

describe("after a sign-in with a code, with passkeys in the account", () => {
  test("the account asks once whether a device is lost", async () => {
    await byCode("full");
    await press("Not now");
    await accountOpen();
    await reads("Lost a device?");
    await press("Check my passkeys");
    await eventually(() => expect(document.activeElement?.textContent).toBe("Passkeys"));
    expect(page.text()).not.toContain("Lost a device?");
    await page.load("/account");
    await reads("Signed in as");
    expect(page.text()).not.toContain("Lost a device?");
  });

  test("nothing is asked after a sign-in with a passkey", async () => {
    const { authenticator, stack } = await byCode("full");
    page.close();
    page = await openBrowser(stack, { authenticator });
    await page.autofill.whenPending();
    page.autofill.pick();
    await reads("Signed in as");
    await eventually(() => expect(document.querySelectorAll(".passkey-list .row")).toHaveLength(1));
    expect(page.text()).not.toContain("Lost a device?");
  });

  test("nothing is asked of an account without a passkey", async () => {
    page = await openBrowser(stackOf("full"));
    await page.signInWithCode(stackOf("full").newAddress());
    await press("Not now");
    await reads("You have no passkeys yet.");
    expect(page.text()).not.toContain("Lost a device?");
  });

  test("nothing is asked of a person who has just created the first passkey here", async () => {
    page = await openBrowser(stackOf("full"));
    await page.signInWithCode(stackOf("full").newAddress());
    await press("Create a passkey");
    await eventually(() => expect(document.querySelectorAll(".passkey-list .row")).toHaveLength(1));
    expect(page.text()).not.toContain("Lost a device?");
  });
});
