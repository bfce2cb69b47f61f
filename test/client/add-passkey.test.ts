/** Adding a passkey from the account, in its dialog. */
import { expect, test } from "vitest";
import { button, eventually, visibleText } from "./page.ts";
import { hold, open, reads, shown, stack } from "./suite.ts";

const here = "This device Unlock with your fingerprint, face or screen lock.";
const securityKey = "Security key A key that you plug in or hold to your phone.";

/** The dialog stands beside the view, not in it. */
const says = (words: string) => eventually(() => expect(visibleText(document.body)).toContain(words));

async function openDialog() {
  const page = await open();
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  (await shown("Add a passkey")).click();
  await shown(here);
  return page;
}

test("Too many requests disable both places of a new passkey for 30 seconds, and Close still works", async () => {
  const page = await openDialog();
  const body = JSON.stringify({ error: "too_many_requests", errorCode: "too_many_requests" });
  page.breakNetwork("/user-authenticators/passkey", { status: 429, body });
  button(here).click();
  await says("Too many tries. Wait 30 seconds, then try again.");
  const before = page.prompts.length;
  for (const place of [here, securityKey]) {
    expect(button(place).dataset.wait).toBe("30");
    button(place).click();
  }
  expect(page.prompts).toHaveLength(before);
  button("Close").click();
  await eventually(() => expect(document.querySelector("dialog")).toBeNull());
});

test("The dialog for a new passkey announces its progress in a live region that it had from the start", async () => {
  const page = await openDialog();
  const region = document.querySelector('dialog [role="status"]');
  expect(region?.textContent).toBe("");
  const release = hold(page, "/user-authenticators/passkey");
  button(here).click();
  await eventually(() => expect(region?.textContent).toBe("Saving your passkey…"));
  expect(document.querySelector('dialog [role="status"]')).toBe(region);
  release();
  await eventually(() => expect(document.querySelector("dialog")).toBeNull());
});

test("Choosing a security key creates a passkey, and the list shows it", async () => {
  const page = await openDialog();
  button(securityKey).click();
  await reads(page, "Not used yet");
  expect(document.querySelector("dialog")).toBeNull();
  expect(page.prompts.at(-1)).toBe("create");
});

test("If this device already has a passkey, the dialog says so, and the security key can still be chosen", async () => {
  const page = await openDialog();
  page.breakPrompts(new DOMException("excluded", "InvalidStateError"));
  button(here).click();
  await says("This device already has a passkey for you.");
  page.breakPrompts(null);
  button(securityKey).click();
  await reads(page, "Not used yet");
});
