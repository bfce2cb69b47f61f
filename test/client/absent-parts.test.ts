/** A server may leave parts of the API out, and says which it has: the app asks for no other, and has no button for it. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import type { TestBrowser } from "./browser.ts";
import { button, eventually } from "./page.ts";
import { accountShown, open, reads, shown, stack, withPasskey } from "./suite.ts";

const sections = ["Where you are signed in", "Recent activity", "Change address", "Delete my account"];

/** The next page gets this answer about the optional parts. */
async function serverSays(page: TestBrowser, features: unknown): Promise<void> {
  const { features: _, ...config } = await (await fetch("/api/config")).json();
  const body = JSON.stringify(features === undefined ? config : { ...config, features });
  page.breakNetwork("/api/config", { body });
  await page.load();
}

async function openAccount(page: TestBrowser): Promise<void> {
  await page.signInWithCode(stack.newAddress());
  (await shown("Create a passkey")).click();
  await accountShown();
  await eventually(() => expect(document.querySelectorAll(".passkey-list .row")).toHaveLength(1));
}

const optional = /\/(sessions|activity|ceremony-report|recovery|email-change|account)(\/|$)/;

test("A server that has no optional part but codes is asked for none, and nothing leads to one", async () => {
  const page = await open({ authenticator: createSoftAuthenticator() });
  await serverSays(page, ["emailCodes"]);
  await openAccount(page);
  for (const words of sections) expect(page.text()).not.toContain(words);
  await reads(page, "Passkey created.");
  expect(page.text()).not.toContain("See where you are signed in");
  button("Sign out").click();
  await reads(page, "You are signed out.");
  expect(page.requests.filter((request) => optional.test(request))).toEqual([]);
});

test("A server that sends no codes is asked for none: a passkey is the only way in, for a stranger and for a known person", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  await serverSays(page, []);
  await eventually(() => expect(() => button("Continue")).toThrow());
  button("Sign in with a passkey").click();
  await accountShown();
  button("Sign out").click();
  await reads(page, "You are signed out.");
  await page.load();
  await reads(page, "Welcome back");
  await eventually(() => expect(() => button("Email me a code")).toThrow());
  button("Sign in with a passkey").click();
  await accountShown();
});

test.each([
  ["sessionList", "Where you are signed in"],
  ["activity", "Recent activity"],
  ["emailChange", "Change address"],
  ["accountDeletion", "Delete my account"],
])("A server that has %s shows that part and no other", async (part, words) => {
  const page = await open({ authenticator: createSoftAuthenticator() });
  await serverSays(page, ["emailCodes", part, "a part of next year"]);
  await openAccount(page);
  await reads(page, words);
  expect(sections.filter((section) => page.text().includes(section))).toEqual([words]);
});

test.each([
  ["does not say what it has", undefined],
  ["says it in a way that is no list", "everything"],
])("A server that %s is asked for every part", async (_, features) => {
  const page = await open({ authenticator: createSoftAuthenticator() });
  await serverSays(page, features);
  await openAccount(page);
  for (const words of sections) await reads(page, words);
  await reads(page, "See where you are signed in");
  expect(page.requests).toContain("GET /api/activity");
  expect(page.requests).toContain("POST /api/ceremony-report");
});

test("If the server cannot be asked what it has, the account shows every part", async () => {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await accountShown();
  page.breakNetwork("/api/config", "offline");
  await page.load("/account");
  await accountShown();
  for (const words of sections) await reads(page, words);
});
