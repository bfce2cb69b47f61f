/** The person changes the address of the account: the new one is proven by a code, an old sign-in is confirmed first. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { button, eventually, field, type } from "./page.ts";
import { accountShown, open, reads, shown, stack } from "./suite.ts";

const dialogs = () => [...document.querySelectorAll("dialog")];
const dialogText = () => dialogs().at(-1)?.textContent ?? "";
const inDialog = (name: string) =>
  eventually(() => {
    const found = [...(dialogs().at(-1)?.querySelectorAll("button") ?? [])].find(
      (element) => element.textContent?.trim() === name && element.closest("[hidden]") === null,
    );
    if (found === undefined) throw new Error(`The dialog has no "${name}".`);
    return found;
  });

async function openDialog() {
  const page = await open({ authenticator: createSoftAuthenticator() });
  const email = stack.newAddress();
  await page.signInWithCode(email);
  (await shown("Create a passkey")).click();
  await accountShown();
  await eventually(() => expect(document.querySelectorAll(".passkey-list .row")).toHaveLength(1));
  button("Change address").click();
  await eventually(() => field("New email address"));
  return { page, email };
}

async function ask(address: string): Promise<void> {
  type(field("New email address"), address);
  (await inDialog("Continue")).click();
}

/** Confirms with the passkey if that is asked for. */
async function askAndConfirm(address: string): Promise<void> {
  await ask(address);
  await eventually(() => expect(dialogs().length === 2 || codeIsAskedFor()).toBe(true));
  if (dialogs().length === 2) (await inDialog("Use your passkey")).click();
  await eventually(() => expect(codeIsAskedFor()).toBe(true));
}

const codeField = () => {
  const found = document.getElementById("new-address-code");
  if (!(found instanceof HTMLInputElement)) throw new Error("The dialog has no field for the code.");
  return found;
};
const codeIsAskedFor = () => codeField().closest("[hidden]") === null;

test("A code proves the new address; the account, the greeting and the password manager have it then", async () => {
  const { page } = await openDialog();
  const address = stack.newAddress();
  await askAndConfirm(address);
  expect(dialogText()).toContain(`We sent a code to ${address}.`);
  type(codeField(), await stack.readCode(address));
  (await inDialog("Continue")).click();
  await reads(page, `Your address is now ${address}.`);
  await reads(page, `Signed in as ${address}`);
  expect(dialogs()).toEqual([]);
  expect(localStorage.getItem("passkeys.account")).toBe(address);
  await eventually(() =>
    expect(page.signals.at(-1)).toEqual([
      "signalCurrentUserDetails",
      expect.objectContaining({ name: address, displayName: address }),
    ]),
  );
});

test("Leaving the confirmation sends nothing and keeps the typed address", async () => {
  const { page } = await openDialog();
  stack.advance(20 * 60_000);
  const address = stack.newAddress();
  await ask(address);
  await eventually(() => expect(dialogs()).toHaveLength(2));
  (await inDialog("Cancel")).click();
  await eventually(() => expect(dialogs()).toHaveLength(1));
  expect(field("New email address").value).toBe(address);
  expect(codeIsAskedFor()).toBe(false);
  expect(page.requests).toContain("POST /api/email-change");
});

test.each([
  ["", "Enter your email address."],
  ["nobody", "Enter an email address like name@example.com."],
])("The new address %j is refused in words before anything is sent", async (typed, words) => {
  const { page } = await openDialog();
  await ask(typed);
  expect(dialogText()).toContain(words);
  expect(page.requests).not.toContain("POST /api/email-change");
});

test("The present address is refused in words", async () => {
  const { email } = await openDialog();
  await ask(email.toUpperCase());
  expect(dialogText()).toContain("That is your address already.");
});

test("A wrong code says so, and another address can be chosen instead", async () => {
  await openDialog();
  const address = stack.newAddress();
  await askAndConfirm(address);
  const right = await stack.readCode(address);
  type(codeField(), right === "123456" ? "654321" : "123456");
  (await inDialog("Continue")).click();
  await eventually(() => expect(dialogText()).toContain("That is not the code we sent."));
  (await inDialog("Use another address")).click();
  expect(codeIsAskedFor()).toBe(false);
  expect(document.activeElement).toBe(field("New email address"));
});

test("An address of another account leads back to the field, with words", async () => {
  const other = stack.agent();
  const { email: taken } = await stack.signInWithOtp(other);
  await openDialog();
  stack.advance(61_000);
  await askAndConfirm(taken);
  type(codeField(), await stack.readCode(taken));
  (await inDialog("Continue")).click();
  await eventually(() => expect(codeIsAskedFor()).toBe(false));
  expect(document.getElementById("new-address-error")?.textContent).not.toBe("");
});

test("A host whose addresses cannot be changed is said to have none of that", async () => {
  const { page } = await openDialog();
  page.breakNetwork("/api/email-change", {
    status: 404,
    body: JSON.stringify({
      type: "/problems/not_found",
      title: "Not found.",
      status: 404,
      code: "not_found",
    }),
  });
  await ask(stack.newAddress());
  await eventually(() => expect(dialogText()).toContain("Addresses cannot be changed here."));
});
