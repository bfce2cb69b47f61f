/** The language in which a request wants its answer, for the mails that follow from it. */
import type { Request } from "express";

/** A BCP 47 tag such as "de" or "pt-BR"; undefined if the request names none. */
export function languageOf(req: Pick<Request, "acceptsLanguages">): string | undefined {
  const [first] = req.acceptsLanguages();
  return first !== undefined && /^[a-z]{2,3}(-[a-z\d]{2,8}){0,3}$/i.test(first) ? first : undefined;
}
