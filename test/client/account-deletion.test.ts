/** The person deletes the account: after a question, with a step-up where the sign-in is old. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { button, eventually } from "./page.ts";
import { accountShown, open, reads, shown, stack } from "./suite.ts";

const dialogs = () => [...document.querySelectorAll("dialog")];
const inDialog = (name: string) =>
  eventually(() => {
    const found = [...(dialogs().at(-1)?.querySelectorAll("button") ?? [])].find(
      (element) => element.textContent?.trim() === name && element.closest("[hidden]") === null,
    );
    if (found === undefined) throw new Error(`The dialog has no "${name}".`);
    return found;
  });

async function signedUp() {
  const page = await open({ authenticator: createSoftAuthenticator() });
  const email = stack.newAddress();
  await page.signInWithCode(email);
  (await shown("Create a passkey")).click();
  await accountShown();
  await eventually(() => expect(document.querySelectorAll(".passkey-list .row")).toHaveLength(1));
  return { page, email };
}

test("After the question the account is gone, the page signed out, and the password manager told", async () => {
  const { page, email } = await signedUp();
  button("Delete my account").click();
  const confirm = await inDialog("Delete account");
  expect(dialogs()[0]?.textContent).toContain(`The account of ${email} is deleted with its passkeys`);
  confirm.click();
  await reads(page, "Your account is deleted.");
  expect(location.pathname).toBe("/sign-in");
  expect(localStorage.getItem("passkeys.account")).toBeNull();
  await eventually(() =>
    expect(page.signals.at(-2)).toEqual([
      "signalAllAcceptedCredentials",
      expect.objectContaining({ allAcceptedCredentialIds: [] }),
    ]),
  );
  await page.load("/sign-in");
  await reads(page, "Sign in to Meadow");
  expect((await (await fetch("/api/session")).json()).user).toBeNull();
});

test("An old sign-in is confirmed first, and leaving that confirmation deletes nothing", async () => {
  const { page } = await signedUp();
  stack.advance(20 * 60_000);
  button("Delete my account").click();
  (await inDialog("Delete account")).click();
  await eventually(() => expect(dialogs()).toHaveLength(2));
  (await inDialog("Cancel")).click();
  await eventually(() => expect(dialogs()).toHaveLength(1));
  await eventually(async () => expect((await inDialog("Delete account")).ariaBusy).toBe("false"));
  (await inDialog("Delete account")).click();
  (await inDialog("Use your passkey")).click();
  await reads(page, "Your account is deleted.");
});

test("A host that does not let people delete accounts is said to, and nothing else changes", async () => {
  const { page } = await signedUp();
  page.breakNetwork("/api/account", {
    status: 404,
    body: JSON.stringify({
      type: "/problems/not_found",
      title: "Not found.",
      status: 404,
      code: "not_found",
    }),
  });
  button("Delete my account").click();
  (await inDialog("Delete account")).click();
  await eventually(() => expect(dialogs()[0]?.textContent).toContain("Accounts cannot be deleted here."));
  (await inDialog("Cancel")).click();
  await reads(page, "Signed in as");
});
