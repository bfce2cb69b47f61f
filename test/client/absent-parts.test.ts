/** A server may leave parts of the API out, and says which it has: the app asks for no other, and has no button for it. */
import { describe, expect, test, vi } from "vitest";
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

describe("on a server that sends no codes", () => {
  const mail = /e-?mail|code/i;

  test.each([
    ["NotAllowedError", "No passkey used. Try again."],
    ["SecurityError", "Passkeys are not set up for this website address."],
    ["NotSupportedError", "This device cannot use passkeys."],
    ["OperationError", "Another passkey request is open. Close it and try again."],
    ["UnknownError", "Your device could not finish. Try again."],
  ])("the sign-in view speaks of no mail after a prompt that ends in %s", async (name, words) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const page = await open({ authenticator: createSoftAuthenticator() });
    await serverSays(page, []);
    page.breakPrompts(new DOMException("made up", name));
    await eventually(() => expect(() => button("Continue")).toThrow());
    button("Sign in with a passkey").click();
    await reads(page, words);
    expect(page.text()).not.toMatch(mail);
    expect(document.activeElement).toBe(button("Sign in with a passkey"));
  });

  test("a passkey that was removed or refused leads to no mail", async () => {
    const page = await open({ authenticator: (await withPasskey()).authenticator });
    await serverSays(page, []);
    for (const [errorCode, words] of [
      ["invalid_credential", "This passkey was not accepted. Try again."],
      ["unknown_credential", "This passkey was removed from your account. Use another one."],
    ]) {
      page.breakNetwork("/verify/passkey", { status: 400, body: JSON.stringify({ error: "no", errorCode }) });
      (await shown("Sign in with a passkey")).click();
      await reads(page, words ?? "");
      expect(page.text()).not.toMatch(mail);
    }
  });

  test("a browser without a passkey keeps the focus on the button, which now asks for a phone or a security key", async () => {
    const page = await open({
      authenticator: createSoftAuthenticator(),
      prepare: (target) =>
        Object.assign(target, { getClientCapabilities: async () => ({ immediateGet: true }) }),
    });
    await serverSays(page, []);
    await eventually(() => expect(() => button("Continue")).toThrow());
    button("Sign in with a passkey").click();
    await reads(page, "No passkey used. You can use a phone or a security key.");
    expect(document.activeElement).toBe(button("Use a phone or a security key"));
  });

  test("a browser that cannot use passkeys is led to another one", async () => {
    const page = await open({
      prepare: (target) => Object.assign(target, { getClientCapabilities: async () => ({}) }),
    });
    const config = await (await fetch("/api/config")).json();
    const body = JSON.stringify({ ...config, features: [], rpId: "example.org" });
    page.breakNetwork("/api/config", { body });
    await page.load();
    await reads(page, "This browser cannot use passkeys. Sign in where you have yours.");
    expect(page.text()).not.toMatch(mail);
  });

  test("the account warns that its only passkey is the only way in, and speaks of no codes", async () => {
    const page = await open({ authenticator: createSoftAuthenticator() });
    await serverSays(page, ["emailCodes"]);
    await openAccount(page);
    const config = await (await fetch("/api/config")).json();
    page.breakNetwork("/api/config", { body: JSON.stringify({ ...config, features: [] }) });
    await page.load("/account");
    (await shown("Delete")).click();
    await eventually(() =>
      expect(document.querySelector("dialog")?.textContent).toContain(
        "Without it, you cannot sign in on this page.",
      ),
    );
    expect(page.text().replace(/Signed in as \S+/, "")).not.toMatch(/\bcodes?\b|by email/i);
  });
});
