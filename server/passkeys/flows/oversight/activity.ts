/** "Recent activity": what a person's own security events say, in the words of the API. */
import type { ActivityResponse } from "../../../../shared/contract.ts";
import type { Operation } from "../../../http/operation.ts";
import type { EventReader, RecordedEvent, SecurityEvent } from "../../ports/events.ts";
import { sessionHash } from "../../ports/occasion.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import { createUserLimit } from "../rate-limits.ts";
import { requireSignedIn } from "../signed-in.ts";

/** What a person recognises as done with their account. Not what was begun, refused or withheld. */
const shown: readonly SecurityEvent["event"][] = [
  "sign_in.succeeded",
  "sign_out",
  "sessions.ended",
  "step_up.succeeded",
  "step_up.used",
  "passkey.enrolled",
  "passkey.renamed",
  "passkey.deleted",
  "passkey.appeared",
  "passkey.vanished",
  "authenticator.appeared",
  "authenticator.vanished",
  "email.changed",
  "email.restored",
  "not_me.confirmed",
  "recovery_began",
  "recovery_cancelled",
  "recovery_ended",
];

const most = 50;
const recentMs = 90 * 24 * 60 * 60 * 1000;

export function listActivity(context: PasskeysContext, reader: Pick<EventReader, "ofUser">): Operation {
  const spendCall = createUserLimit(context, "callsPerUser");
  return {
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      const since = new Date(context.now().getTime() - recentMs);
      const events = await reader.ofUser(user.id, { names: shown, since, most });
      const own = sessionHash(session.id);
      const answer: ActivityResponse = events.map((event) => toActivity(event, own));
      return { status: 200, body: answer };
    },
  };
}

function toActivity({ id, at, event, facts }: RecordedEvent, ownSession: string): ActivityResponse[number] {
  const text = (name: string): string | null => {
    const value = facts[name];
    return typeof value === "string" ? value : null;
  };
  return {
    id,
    at: at.toISOString(),
    event,
    current: facts.session === ownSession,
    by: text("by") ?? "user",
    method: text("method"),
    action: text("action"),
    passkeyId: text("passkeyId"),
    browser: text("browser"),
    system: text("system"),
  };
}
