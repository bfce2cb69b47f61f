/** Our server gives no token away while the tenant permits more than a passkey: the client says so and stops asking. */
import { expect, test } from "vitest";
import { button, eventually, visibleText } from "./page.ts";
import { open, shown, stack, withPasskey } from "./suite.ts";

const words = "Passkeys cannot be used for this at the moment. Trying again does not help";
const says = () => eventually(() => expect(visibleText(document.body)).toContain(words));

/** As a host does that has used Authsignal before: then no action is begun until the tenant is set up. */
function enrollEmail({ id: userId, email }: { readonly id: string; readonly email: string }): void {
  const authenticators = [{ verificationMethod: "EMAIL_OTP" as const, email }];
  stack.emulator.seed({ users: [{ userId, authenticators }] });
}

function begins(page: Awaited<ReturnType<typeof open>>, path: string): number {
  return page.requests.filter((request) => request === `POST /api/${path}`).length;
}

test("a step-up that cannot be begun says so at the click, is not asked for again by itself, and leaves the code", async () => {
  const { authenticator, user } = await withPasskey();
  enrollEmail(user);
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  await shown("Delete");
  stack.advance(11 * 60_000);
  button("Delete").click();
  await shown("Delete passkey");
  // Answered at once here, so that it is over before the next request is.
  const problem = { type: "/problems/tenant_misconfigured", code: "tenant_misconfigured" };
  page.breakNetwork("/api/step-up-token", { status: 500, body: JSON.stringify(problem) });
  (await shown("Delete passkey")).click();
  const confirm = await shown("Use your passkey");
  await eventually(() => expect(begins(page, "step-up-token")).toBe(1));
  // What failed for want of a network is tried again when that returns.
  await fetch("/api/session");
  window.dispatchEvent(new Event("online"));
  await fetch("/api/session");
  expect(begins(page, "step-up-token")).toBe(1);
  page.breakNetwork("/api/step-up-token", null);
  confirm.click();
  await says();
  expect(button("Email me a code")).toBeInstanceOf(HTMLButtonElement);
});

test("an enrollment that cannot be begun says so in its dialog", async () => {
  const { authenticator, user } = await withPasskey();
  enrollEmail(user);
  const page = await open({ authenticator });
  await page.autofill.whenPending();
  page.autofill.pick();
  (await shown("Add a passkey")).click();
  await says();
  expect(begins(page, "enroll-token")).toBe(1);
});
