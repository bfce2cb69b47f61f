/** Receives Authsignal's webhooks about authenticators. */
import express, { type NextFunction, type Request, type Response, Router } from "express";
import { convertBodyError } from "../http/body-errors.ts";
import { AppError } from "../http/errors.ts";
import { toPortError } from "../http/outages.ts";
import { readOptions } from "./check-options.ts";
import { receiveWebhook } from "./flows/oversight/receive-webhook.ts";
import type { PasskeysOptions, PasskeysOptionsWithoutCodes } from "./ports/options.ts";

/** Log events come in batches of up to 500. They are read and ignored. */
const bodyLimit = "2mb";

/**
 * Mount it before `express.json()`, which would lose the bytes that are signed: `app.use("/authsignal/webhooks",
 * createWebhookRouter(options))`. It answers 204 to a genuine webhook, and 401 to every other request
 * whose body can be read.
 * @param options the same as the router's
 * @throws TypeError for an `authsignal` that cannot read webhooks
 */
export function createWebhookRouter(options: PasskeysOptions | PasskeysOptionsWithoutCodes): Router {
  const context = readOptions(options);
  const { authsignal } = context;
  if (typeof authsignal.readWebhook !== "function")
    throw new TypeError(
      "createWebhookRouter: `authsignal` must be createSdkGateway({ apiSecretKey, apiUrl }), or have its `readWebhook`.",
    );
  const router = Router();
  // Not inflated: Authsignal's documentation names no compression, and a stranger's 2 kB would be hashed as 2 MB.
  const readBytes = express.raw({ type: () => true, limit: bodyLimit, inflate: false });
  router.post("/", readBytes, convertBodyError, (req: Request, res: Response, next: NextFunction) => {
    const receive = async (): Promise<void> => {
      const body = Buffer.isBuffer(req.body) ? req.body.toString() : withoutBytes(req.body);
      const event = authsignal.readWebhook?.(body, req.get("x-signature-v2") ?? "") ?? null;
      if (event === null)
        throw new AppError("not_authenticated", {
          detail:
            "A webhook was refused: it is not signed with this tenant's secret, or its time is not now.",
        });
      await receiveWebhook(context, req, event);
      res.status(204).end();
    };
    receive().catch((error: unknown) => next(toPortError(error)));
  });
  return router;
}

/** What Express has where no bytes were read: nothing was sent, or a parser in front has read them. */
function withoutBytes(body: unknown): string {
  if (body === undefined || body === null || Object.keys(Object(body)).length === 0) return "";
  throw new Error(
    "The body was parsed before it came to createWebhookRouter: mount it before express.json(), because the signature is over the bytes.",
  );
}
