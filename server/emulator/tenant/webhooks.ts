/** Sends signed events to a tenant's backend (protocol 8.2). */
import { createHmac } from "node:crypto";
import { pause } from "../wire/pause.ts";
import { sendRequest } from "../wire/send-request.ts";
import type { TenantSettings } from "../wire/tenant-settings.ts";
import type { JsonObject, WebhookType } from "../wire/wire.ts";
import { RefusedByReceiver, WireError } from "../wire/wire-error.ts";
import { type Clock, toIso, toUnixSeconds } from "./clock.ts";
import type { Random } from "./random.ts";

type DeliveredType = "email.created" | "sms.created";
type AnnouncedType = "authenticator.created" | "authenticator.updated" | "authenticator.deleted";

export interface Webhooks {
  /** Delivers a message. Throws if the receiver does not accept it, so that the challenge fails. */
  deliver(type: DeliveredType, data: JsonObject): Promise<void>;
  /** Sends an event to this receiver. Throws `RefusedByReceiver` if it does not answer with 2xx in time. */
  ask(url: string, type: WebhookType, data: JsonObject): Promise<void>;
  /** Sends an event in the background, with three retries. */
  announce(type: AnnouncedType, data: JsonObject): void;
  /** Resolves when no event is being sent. */
  settled(): Promise<void>;
  close(): void;
}

/** Milliseconds that a receiver has for its answer. */
const deliveryTimeout = 5_000;
const retries = 3;
const documentedRetryAfter = 30_000;

export interface WebhooksOptions {
  readonly settings: TenantSettings;
  readonly clock: Clock;
  readonly random: Random;
}

export function createWebhooks({ settings, clock, random }: WebhooksOptions): Webhooks {
  const { webhook, tenantId, secrets } = settings;
  const closing = new AbortController();
  const underway = new Set<Promise<void>>();

  const envelope = (type: WebhookType, data: JsonObject): string =>
    JSON.stringify({
      version: 1,
      id: random.uuid(),
      source: "https://authsignal.com",
      time: toIso(clock.now()),
      tenantId,
      type,
      data,
    });

  /** Signs for each try, because receivers check the age of the timestamp. */
  const post = async (url: string, body: string): Promise<boolean> => {
    try {
      const response = await sendRequest(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-signature-v2": signatureHeader(body, toUnixSeconds(clock.now()), secrets),
        },
        body,
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(deliveryTimeout)]),
      });
      response.destroy();
      const { statusCode = 0 } = response;
      return statusCode >= 200 && statusCode < 300;
    } catch {
      // Unreachable, too slow, or the emulator is closing: not delivered.
      return false;
    }
  };

  const tryRepeatedly = async (url: string, body: string): Promise<void> => {
    for (let attempt = 0; attempt <= retries; attempt += 1) {
      if (attempt > 0) await pause(webhook?.retryAfter ?? documentedRetryAfter, closing.signal);
      if (closing.signal.aborted || (await post(url, body))) return;
    }
  };

  const receiverOf = (type: AnnouncedType | DeliveredType) => webhook?.urls?.[type] ?? webhook?.url;

  return {
    async deliver(type, data) {
      const url = receiverOf(type);
      if (url === undefined) return;
      if (await post(url, envelope(type, data))) return;
      throw new WireError(
        "invalid_request",
        "The message could not be delivered.",
        "the webhook did not accept the message",
      );
    },
    async ask(url, type, data) {
      if (await post(url, envelope(type, data))) return;
      throw new RefusedByReceiver(type);
    },
    announce(type, data) {
      const url = receiverOf(type);
      if (url === undefined) return;
      const sending = tryRepeatedly(url, envelope(type, data))
        .catch((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)))
        .finally(() => underway.delete(sending));
      underway.add(sending);
    },
    async settled() {
      await Promise.all(underway);
    },
    close: () => closing.abort(),
  };
}

/** `t=<seconds>,v2=<signature>` with one signature for each active secret (protocol 8.2). */
function signatureHeader(body: string, timestamp: number, secrets: readonly string[]): string {
  const signatures = secrets.map((secret) => {
    const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("base64");
    return `v2=${signature.replaceAll("=", "")}`;
  });
  return [`t=${timestamp}`, ...signatures].join(",");
}
