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
