/** The page of "This wasn't me", below the router: a GET asks, and only the form that it shows does something. */
import express, { type NextFunction, type Request, type Response, Router } from "express";
import { z } from "zod";
import { convertBodyError } from "../http/body-errors.ts";
import { AppError } from "../http/errors.ts";
import { toPortError } from "../http/outages.ts";
import { sendNotMePage } from "../notices/not-me-page.ts";
import { confirmNotMe } from "./flows/oversight/not-me.ts";
import type { NotMeLink } from "./ports/notices.ts";
import type { PasskeysContext } from "./ports/options.ts";

const Form = z.object({ token: z.string().max(4096) });

function undoneBy(link: NotMeLink | null): "passkey" | "address" | null {
  if (link?.kind === "passkey_added" && link.passkeyId !== null) return "passkey";
  return link?.changeId === undefined ? null : "address";
}

const pagePath = "/not-me";
const confirmPath = "/not-me/confirm";

export const notMePaths: readonly string[] = [pagePath, confirmPath];

/** Mount it after the check of the origin. */
export function notMeRoutes(context: PasskeysContext): Router {
  const router = Router();

  router.get(pagePath, (req, res) => {
    const { token } = Form.catch({ token: "" }).parse({ token: req.query.token });
    const link = context.notices.readLink(token);
    // The page is at `…/not-me`, wherever the router is mounted.
    const question = { is: "question", token, undoes: undoneBy(link), action: "not-me/confirm" } as const;
    sendNotMePage(res, link === null ? { is: "invalid" } : question, req.acceptsLanguages());
  });

  const confirm = async (req: Request, res: Response): Promise<void> => {
    const form = Form.safeParse(req.body);
    if (!form.success) return sendNotMePage(res, { is: "invalid" }, req.acceptsLanguages());
    const done = await confirmNotMe(context, req, { token: form.data.token, removePasskey: true });
    const signInUrl = context.origins[0] ?? "/";
    sendNotMePage(res, { is: "done", ...done, signInUrl }, req.acceptsLanguages());
  };
  const confirmOnPage = (req: Request, res: Response, next: NextFunction): void => {
    // The promise is not returned: Express 4 would ignore its rejection.
    confirm(req, res).catch((thrown: unknown) => {
      const error = toPortError(thrown);
      if (error instanceof AppError && error.code === "not_found")
        sendNotMePage(res, { is: "invalid" }, req.acceptsLanguages());
      else if (error instanceof AppError && error.code === "upstream_unavailable")
        sendNotMePage(res, { is: "unavailable" }, req.acceptsLanguages());
      else next(error);
    });
  };
  const readForm = express.urlencoded({ extended: false, limit: "8kb" });
  router.post(confirmPath, readForm, convertBodyError, confirmOnPage);
  return router;
}
