/** The stops of the tour that need an app in which a code alone gives a limited session. */
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { button, comeBackLater, heading } from "./app.ts";
import { makes, signInAs, type Tour } from "./tour-steps.ts";

/** A code alone gives a limited session there. */
export async function limitedStops({ app, look, say, visit }: Tour): Promise<void> {
  const limited = await app.startBeside({ afterCode: "limited" });
  try {
    const email = "edith@example.com";
    const agent = limited.stack.agent();
    const authenticator = createSoftAuthenticator({ aaguid: makes.icloudKeychain });
    await limited.stack.signInWithOtp(agent, email);
    await limited.stack.enrollPasskey(agent, authenticator);
    limited.stack.advance(60_000);
    const { page } = await limited.open(look);
    await signInAs(page, limited, say, email);
    await heading(page, say("limited.title")).waitFor();
    await visit("limited", page);
    await button(page, say("stepUp.passkey")).click();
    await heading(page, say("stepUp.title")).waitFor();
    await visit("limited-step-up", page);
    await page.keyboard.press("Escape");
    await button(page, say("limited.lost")).click();
    await heading(page, say("recovery.title")).waitFor();
    await visit("begin-recovery", page);
    await page
      .getByRole("dialog")
      .getByRole("button", { name: say("recovery.begin"), exact: true })
      .click();
    await heading(page, say("recovery.waitingTitle")).waitFor();
    await visit("recovery-waiting", page);
    limited.stack.advance(25 * 60 * 60_000);
    await comeBackLater(page, limited.stack);
    await signInAs(page, limited, say, email);
    await heading(page, say("recovery.endedTitle")).waitFor();
    await visit("recovery-ended", page);
  } finally {
    await limited.close();
  }
  await recoveryStop({ app, look, say, visit });
}

/** A full session, in which a recovery is under way that somebody else may have begun. */
async function recoveryStop({ app, look, say, visit }: Tour): Promise<void> {
  const limited = await app.startBeside({ afterCode: "limited" });
  try {
    const email = "hedy@example.com";
    const { page } = await limited.open(look);
    await signInAs(page, limited, say, email);
    await button(page, say("offer.create")).click();
    await heading(page, say("account.title")).waitFor();
    limited.stack.advance(60_000);
    const other = limited.stack.agent();
    await limited.stack.signInWithOtp(other, email);
    await other.post("/api/recovery").send({}).expect(200);
    await page.reload();
    await heading(page, say("recovery.runningTitle")).waitFor();
    await visit("recovery-running", page);
    await button(page, say("recovery.stop")).click();
    await page.locator(".standing .notice").waitFor();
    await visit("recovery-stopped", page);
  } finally {
    await limited.close();
  }
}
