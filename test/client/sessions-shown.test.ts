/** The account shows where the person is signed in, and ends sessions. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { button, eventually } from "./page.ts";
import { accountShown, open, reads, shown, stack } from "./suite.ts";

/** An account that is signed in here and, by an earlier sign-in, in another browser. */
async function signedInTwice() {
  const agent = stack.agent();
  const { email } = await stack.signInWithOtp(agent);
  stack.advance(60_000);
  const page = await open({ authenticator: createSoftAuthenticator() });
  await page.signInWithCode(email);
  (await shown("Not now")).click();
  await accountShown();
  return { agent, page };
}

function openSection(): void {
  const section = document.querySelector<HTMLDetailsElement>(".sessions");
  if (section === null) throw new Error("The account has no list of sessions.");
  section.open = true;
}

const rows = () => [...document.querySelectorAll('[data-ref="sessions"] .row')];
const ended = async (agent: ReturnType<typeof stack.agent>) =>
  (await agent.get("/api/session")).body.user === null;

test("Sessions are asked for when their section is opened: this one first, without a button to end it", async () => {
  const { page } = await signedInTwice();
  await reads(page, "You have no passkeys yet.");
  expect(page.requests).not.toContain("GET /api/sessions");
  openSection();
  await eventually(() => expect(rows()).toHaveLength(2));
  expect(rows()[0]?.querySelector('[data-ref="current"]')?.hasAttribute("hidden")).toBe(false);
  expect(rows()[0]?.querySelector('[data-ref="end"]')?.hasAttribute("hidden")).toBe(true);
  expect(rows()[1]?.querySelector('[data-ref="current"]')?.hasAttribute("hidden")).toBe(true);
});

test("One session can be ended; the list and a notice say so, and the focus is not lost", async () => {
  const { agent, page } = await signedInTwice();
  openSection();
  await eventually(() => expect(rows()).toHaveLength(2));
  const end = rows()[1]?.querySelector<HTMLButtonElement>('[data-ref="end"]');
  end?.focus();
  end?.click();
  await reads(page, "is signed out.");
  expect(rows()).toHaveLength(1);
  expect(await ended(agent)).toBe(true);
  expect(document.activeElement?.localName).toBe("summary");
  await reads(page, "You are signed in nowhere else.");
});

test("Ending all other sessions from an old sign-in asks for a confirmation first", async () => {
  const { agent, page } = await signedInTwice();
  openSection();
  const endOthers = await shown("Sign out everywhere else");
  stack.advance(20 * 60_000);
  await agent.get("/api/session");
  endOthers.click();
  await eventually(() => expect(document.querySelector("dialog h2")?.textContent).toBe("Confirm it is you"));
  expect(endOthers.getAttribute("aria-busy")).toBe("true");
  button("Cancel").click();
  await eventually(() => expect(endOthers.getAttribute("aria-busy")).toBe("false"));
  expect(await ended(agent)).toBe(false);
  expect(page.text()).not.toContain("You are signed out everywhere else.");
});

test("A list of sessions that cannot be loaded says so and can be asked for again", async () => {
  const { page } = await signedInTwice();
  page.breakNetwork("/api/sessions", "offline");
  openSection();
  await reads(page, "The list could not be loaded.");
  page.breakNetwork("/api/sessions", null);
  (await shown("Try again")).click();
  await eventually(() => expect(rows()).toHaveLength(2));
});

test("A server without a list of sessions shows none", async () => {
  const { page } = await signedInTwice();
  const body = JSON.stringify({
    type: "/problems/not_found",
    title: "",
    status: 404,
    code: "not_found",
    requestId: "r",
  });
  page.breakNetwork("/api/sessions", { status: 404, body });
  openSection();
  await eventually(() => expect(document.querySelector(".sessions")?.hasAttribute("hidden")).toBe(true));
});

test("After a passkey was deleted, the notice leads to the list of sessions", async () => {
  const { page } = await signedInTwice();
  (await shown("Add a passkey")).click();
  (await shown("This device Unlock with your fingerprint, face or screen lock.")).click();
  await reads(page, "Passkey created.");
  (await shown("See where you are signed in")).click();
  await eventually(() => expect(rows()).toHaveLength(2));
  expect(document.activeElement?.localName).toBe("summary");
});
