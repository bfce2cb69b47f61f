/**
 * A walk through every view and state of the app, over the real stack. Its caller is called at each stop: the
 * accessibility checks, the layout checks and the pictures all look at the same stops. An app serves one tour.
 */
import type { Page } from "playwright-core";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { type App, button, comeBackLater, heading, type Look, passkeysOf } from "./app.ts";
import { limitedStops } from "./limited-tour.ts";
import { makes, signInAs, type Tour, type Visit } from "./tour-steps.ts";
import { wordsIn } from "./words.ts";

export type { Visit };

const aWhile = 20 * 60_000;

const isThere = (page: Page, words: string) => page.getByText(words).first().waitFor();

export async function takeTour(app: App, look: Look, visit: Visit): Promise<void> {
  const tour = { app, look, say: await wordsIn(look.language ?? "en"), visit };
  await signInStops(tour);
  await codeStops(tour);
  await offerStops(tour);
  await accountStops(tour);
  await dialogStops(tour);
  await welcomeBackStops(tour);
  await unsupportedStop(tour);
  await limitedStops(tour);
}

async function signInStops({ app, look, say, visit }: Tour): Promise<void> {
  const { page, authenticator } = await app.open(look);
  await visit("sign-in", page);
  await button(page, say("signIn.continue")).click();
  await isThere(page, say("signIn.emailMissing"));
  await visit("sign-in-field-error", page);

  await button(page, say("signIn.passkey")).click();
  await isThere(page, say("failure.noneHere"));
  await visit("sign-in-none-here", page);
  await authenticator.setPresence(false);
  await button(page, say("signIn.otherDevice")).click();
  await isThere(page, say("ceremony.waiting"));
  await visit("sign-in-waiting", page);
  await button(page, say("ceremony.cancel")).click();
  await authenticator.setPresence(true);
  await button(page, say("signIn.otherDevice")).click();
  await isThere(page, say("failure.cancelled"));
  await visit("sign-in-cancelled", page);
}

async function codeStops({ app, look, say, visit }: Tour): Promise<void> {
  const { page } = await app.open(look);
  const email = "ada@example.com";
  await page.getByLabel(say("signIn.email")).fill(email);
  await button(page, say("signIn.continue")).click();
  const code = page.getByLabel(say("otp.code"), { exact: true });
  await code.waitFor();
  await visit("code", page);
  const right = await app.stack.readCode(email);
  await code.fill(right === "123456" ? "654321" : "123456");
  await button(page, say("otp.continue")).click();
  await page.locator('#code[aria-invalid="true"]').waitFor();
  await visit("code-wrong", page);
}

async function offerStops({ app, look, say, visit }: Tour): Promise<void> {
  const { page, authenticator } = await app.open(look);
  await signInAs(page, app, say, "jane@example.com");
  await heading(page, say("offer.title")).waitFor();
  await visit("create-a-passkey", page);
  await page.getByText(say("offer.more")).click();
  await visit("create-a-passkey-about", page);
  await authenticator.setUserVerified(false);
  await authenticator.setPresence(false);
  await button(page, say("offer.create")).click();
  await isThere(page, say("ceremony.waiting"));
  await visit("create-a-passkey-waiting", page);
  await button(page, say("ceremony.cancel")).click();
  await button(page, say("offer.skip")).click();
  await heading(page, say("account.title")).waitFor();
  await isThere(page, say("account.empty"));
  await visit("account-empty", page);
}

/** An account with a passkey of each make, and one more that was created on this device. */
async function openAccount({ app, look, say }: Tour, email: string): Promise<Page> {
  const { page } = await app.open(look);
  const agent = app.stack.agent();
  await app.stack.signInWithOtp(agent, email);
  for (const aaguid of Object.values(makes)) {
    const isDeviceBound = aaguid === makes.windowsHello;
    const settings = { aaguid, defaultBackupEligibility: !isDeviceBound };
    await app.stack.enrollPasskey(agent, createSoftAuthenticator(settings));
  }
  app.stack.advance(60_000);
  await signInAs(page, app, say, email);
  await button(page, say("offer.create")).click();
  await heading(page, say("account.title")).waitFor();
  await passkeysOf(page, say).nth(3).waitFor();
  return page;
}

async function accountStops(tour: Tour): Promise<void> {
  const { say, visit } = tour;
  const page = await openAccount(tour, "john@example.com");
  await visit("account-created", page);
  await page.reload();
  await passkeysOf(page, say).nth(3).waitFor();
  await visit("account", page);

  const first = passkeysOf(page, say).nth(0);
  await first.getByRole("button").nth(0).click();
  await page.getByRole("textbox", { name: say("passkey.name") }).fill("");
  await button(page, say("passkey.save")).click();
  await isThere(page, say("passkey.nameMissing"));
  await visit("account-renaming", page);
  await page.getByRole("textbox", { name: say("passkey.name") }).fill("Work laptop");
  await button(page, say("passkey.save")).click();
  await page
    .getByText(say("passkey.renamed", { name: "Work laptop" }))
    .first()
    .waitFor();
  await visit("account-renamed", page);

  await page.getByText(say("about.title")).click();
  await page.getByText(say("account.suggestions")).click();
  await visit("account-about", page);
  await page.reload();
  await page.locator("summary", { hasText: say("sessions.title") }).click();
  await button(page, say("sessions.endOthers")).waitFor();
  await visit("sessions", page);
  await button(page, say("sessions.endOthers")).click();
  await isThere(page, say("sessions.othersEnded"));
  await visit("sessions-ended", page);
  await page.reload();
  await page.locator("summary", { hasText: say("activity.title") }).click();
  await button(page, say("activity.more")).click();
  await visit("activity", page);
}

async function dialogStops(tour: Tour): Promise<void> {
  const { app, say, visit } = tour;
  const page = await openAccount(tour, "mary@example.com");
  await button(page, say("account.add")).click();
  await heading(page, say("add.title")).waitFor();
  await visit("add-a-passkey", page);
  await page.keyboard.press("Escape");
  await passkeysOf(page, say).nth(0).getByRole("button").nth(1).click();
  await visit("delete-a-passkey", page);

  app.stack.advance(aWhile);
  // In German the button beside a passkey that is named "Passkey" has the same name.
  await page
    .getByRole("dialog")
    .getByRole("button", { name: say("delete.confirm"), exact: true })
    .press("Enter");
  await heading(page, say("stepUp.title")).waitFor();
  await visit("step-up", page);
  await button(page, say("stepUp.email")).click();
  await page.getByLabel(say("otp.code"), { exact: true }).waitFor();
  await visit("step-up-code", page);
  await page.keyboard.press("Escape");
  await page.reload();
  await passkeysOf(page, say).nth(3).waitFor();
  await page.locator("summary", { hasText: say("address.title") }).click();
  await button(page, say("address.open")).click();
  await heading(page, say("address.question")).waitFor();
  await visit("change-address", page);
  await page.keyboard.press("Escape");
  await page.locator("summary", { hasText: say("deleteAccount.title") }).click();
  await button(page, say("deleteAccount.open")).click();
  await heading(page, say("deleteAccount.question")).waitFor();
  await visit("delete-account", page);
}

async function welcomeBackStops({ app, look, say, visit }: Tour): Promise<void> {
  const { page, authenticator } = await app.open(look);
  await signInAs(page, app, say, "grace@example.com");
  await button(page, say("offer.create")).click();
  await heading(page, say("account.title")).waitFor();
  await comeBackLater(page, app.stack);
  await heading(page, say("welcome.title")).waitFor();
  await visit("welcome-back", page);
  await authenticator.setPresence(false);
  await button(page, say("signIn.passkey")).click();
  await isThere(page, say("failure.noneHere"));
  await button(page, say("signIn.otherDevice")).click();
  await isThere(page, say("ceremony.waiting"));
  await visit("welcome-back-waiting", page);
  await button(page, say("ceremony.cancel")).click();
  await button(page, say("welcome.forget")).click();
  await page.locator(".sign-in .notice").waitFor();
  await visit("sign-in-forgotten", page);
}

/** A first view with no passkeys in the browser. */
async function unsupportedStop({ app, look, say, visit }: Tour): Promise<void> {
  const { page } = await app.open(look);
  await page.addInitScript(() => Reflect.deleteProperty(window, "PublicKeyCredential"));
  await page.goto(`${app.stack.origin}/sign-in`);
  await isThere(page, say("signIn.unsupported"));
  await visit("sign-in-unsupported", page);
}
