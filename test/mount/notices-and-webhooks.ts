/** Adds notices by mail and Authsignal's webhooks to an app, as FITTING-IN.md shows it. */
import type { Express } from "express";
import {
  createMailer,
  createNotices,
  createWebhookRouter,
  type KeptNotices,
  type PasskeysOptions,
  type Storage,
} from "../../server/index.ts";

interface Parts {
  /** What the README of `server/passkeys/` shows. */
  readonly common: PasskeysOptions;
  readonly storage: Storage;
  readonly smtpUrl: string;
  readonly secret: string;
}

/** @returns the router's options, and what to close at the stop */
export async function addNotices(
  app: Express,
  { common, storage, smtpUrl, secret }: Parts,
): Promise<{ readonly options: PasskeysOptions; readonly notices: KeptNotices }> {
  const notify = await createMailer({ url: smtpUrl, from: "Example <no-reply@example.com>" });
  const link = { url: "https://app.example.com/auth/not-me", secret };
  const notices = createNotices({ storage, notify, link });
  const options = { ...common, storage, notices };
  app.use("/authsignal/webhooks", createWebhookRouter(options));
  return { options, notices };
}
