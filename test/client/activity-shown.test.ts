/** The account shows what was done with it lately. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { button, eventually } from "./page.ts";
import { accountShown, open, reads, shown, stack } from "./suite.ts";

const section = () => {
  const found = document.querySelector('[data-ref="activitySection"]');
  if (!(found instanceof HTMLDetailsElement)) throw new Error("The account has no list of events.");
  return found;
};
const rows = () => [...section().querySelectorAll(".row")];
const textOf = (row: Element | undefined) =>
  [...(row?.querySelectorAll("[data-ref='what'], .hint > *") ?? [])]
    .filter((part) => !part.hasAttribute("hidden"))
    .map((part) => part.textContent);

async function openAccount(
  before: (agent: ReturnType<typeof stack.agent>) => Promise<unknown> = async () => {},
) {
  const agent = stack.agent();
  const { email } = await stack.signInWithOtp(agent);
  await before(agent);
  stack.advance(60_000);
  const page = await open();
  await page.signInWithCode(email);
  (await shown("Not now")).click();
  await accountShown();
  return { agent, page, email };
}

test("What was done is listed in words, newest first, and what this sign-in did is marked", async () => {
  await openAccount((agent) => stack.enrollPasskey(agent, createSoftAuthenticator()));
  await eventually(() => expect(rows()).toHaveLength(3));
  expect(section().hidden).toBe(false);
  expect(rows().map((row) => textOf(row)[0])).toEqual([
    "Signed in with a code",
    "Passkey added",
    "Signed in with a code",
  ]);
  expect(textOf(rows()[0])).toContain("This sign-in");
  expect(textOf(rows()[1])).not.toContain("This sign-in");
});

test("A long list shows some rows first, then all, and the focus moves to the first new one", async () => {
  const { page } = await openAccount(async (agent) => {
    for (let count = 0; count < 4; count += 1) {
      await stack.enrollPasskey(agent, createSoftAuthenticator());
    }
  });
  await eventually(() => expect(rows()).toHaveLength(6));
  const { passkeys } = { passkeys: await (await fetch("/api/passkeys")).json() };
  await fetch(`/api/passkeys/${passkeys[0].id}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Phone" }),
  });
  section().open = true;
  await eventually(() => expect(textOf(rows()[0])[0]).toBe("Passkey renamed"));
  button("Show more").click();
  expect(rows()).toHaveLength(7);
  expect(document.activeElement).toBe(rows()[6]);
  expect(() => button("Show more")).toThrow();
  expect(page.requests.filter((request) => request === "GET /api/activity")).toHaveLength(2);
});

test("A server that keeps no events has no such section", async () => {
  const { page, email } = await openAccount();
  page.breakNetwork("/api/activity", {
    status: 404,
    body: JSON.stringify({
      type: "/problems/not_found",
      title: "Not found.",
      status: 404,
      code: "not_found",
    }),
  });
  await page.load("/account");
  await reads(page, email);
  await eventually(() =>
    expect(page.requests.filter((request) => request === "GET /api/activity")).toHaveLength(2),
  );
  expect(section().hidden).toBe(true);
});

test("Events that cannot be loaded say so and can be asked for again", async () => {
  const { page } = await openAccount();
  page.breakNetwork("/api/activity", "offline");
  await page.load("/account");
  await reads(page, "The list could not be loaded.");
  page.breakNetwork("/api/activity", null);
  const retry = section().querySelector<HTMLButtonElement>('[data-ref="eventsRetry"]');
  retry?.click();
  await eventually(() => expect(rows()).toHaveLength(2));
  expect(retry?.hidden).toBe(true);
});

test("An event without words, of a newer server, is left out", async () => {
  const { page } = await openAccount();
  const event = {
    id: "1",
    at: new Date().toISOString(),
    event: "teapot.boiled",
    current: false,
    by: "user",
    method: null,
    action: null,
    passkeyId: null,
    browser: "Firefox",
    system: "Linux",
  };
  const known = { ...event, id: "2", event: "passkey.deleted", by: "host" };
  page.breakNetwork("/api/activity", { body: JSON.stringify([event, known]) });
  await page.load("/account");
  await eventually(() => expect(rows()).toHaveLength(1));
  expect(textOf(rows()[0])).toEqual(["Passkey deleted", "just now", "Firefox on Linux", "By support"]);
});
