/** A message as tests and the page show it. */
import { toIso } from "../tenant/clock.ts";
import type { Message } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";

export interface SentMessage {
  readonly messageId: string;
  readonly tenantId: string;
  readonly to: string;
  readonly channel: Message["channel"];
  readonly code?: string | undefined;
  readonly link?: string | undefined;
  readonly subject: string;
  readonly text: string;
  readonly sentAt: string;
  readonly expiresAt: string;
  readonly userId?: string | undefined;
  readonly action: string;
}

export function sentMessage(tenant: Tenant, message: Message): SentMessage {
  const { messageId, to, channel, code, link, subject, text, sentAt, expiresAt, userId, actionCode } =
    message;
  return {
    messageId,
    tenantId: tenant.tenantId,
    to,
    channel,
    code,
    link,
    subject,
    text,
    sentAt: toIso(sentAt),
    expiresAt: toIso(expiresAt),
    userId,
    action: actionCode,
  };
}

interface Waiting {
  readonly tenants: readonly Tenant[];
  /** Milliseconds. */
  readonly timeout: number;
  readonly closing: AbortSignal;
}

/** Resolves with what `find` finds after a message was sent, or with `undefined`. */
export function nextMessage(
  find: () => SentMessage | undefined,
  { tenants, timeout, closing }: Waiting,
): Promise<SentMessage | undefined> {
  return new Promise((resolve) => {
    const finish = (message: SentMessage | undefined) => {
      clearTimeout(timer);
      for (const stop of subscriptions) stop();
      closing.removeEventListener("abort", onClosing);
      resolve(message);
    };
    const onClosing = () => finish(undefined);
    const timer = setTimeout(() => finish(undefined), timeout);
    const subscriptions = tenants.map(({ outbox }) =>
      outbox.subscribe(() => {
        const arrived = find();
        if (arrived !== undefined) finish(arrived);
      }),
    );
    closing.addEventListener("abort", onClosing);
  });
}
