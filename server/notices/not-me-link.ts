/**
 * Signs and reads the token of a "This wasn't me" link. It carries what it is about, so that nothing has to be kept of the
 * mails that were sent.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { NotMeLink } from "../passkeys/ports/notices.ts";

const Claims = z.strictObject({
  i: z.string(),
  u: z.string(),
  k: z.string(),
  p: z.string().nullable(),
  c: z.string().optional(),
  t: z.string(),
  e: z.number(),
});

export interface NotMeLinks {
  sign(link: NotMeLink): string;
  /** Null for a token that is forged or too old. */
  read(token: string): NotMeLink | null;
}

/** @param secrets the first signs, all verify */
export function createNotMeLinks(secrets: readonly string[], now: () => Date): NotMeLinks {
  const signatures = (payload: string) => secrets.map((secret) => signatureOf(payload, secret));
  return {
    sign({ id, userId, kind, passkeyId, changeId, recipient, expiresAt }) {
      const claims: z.infer<typeof Claims> = {
        i: id,
        u: userId,
        k: kind,
        p: passkeyId,
        ...(changeId !== undefined && { c: changeId }),
        t: recipient,
        e: expiresAt.getTime(),
      };
      const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
      return `${payload}.${signatures(payload)[0]?.toString("base64url")}`;
    },
    read(token) {
      const [payload = "", signature = "", ...rest] = token.split(".");
      const given = Buffer.from(signature, "base64url");
      const fits = signatures(payload).some(
        (one) => one.length === given.length && timingSafeEqual(one, given),
      );
      if (!fits || rest.length > 0) return null;
      const { i, u, k, p, c, t, e } = Claims.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
      if (e <= now().getTime()) return null;
      const about = { kind: k, passkeyId: p, ...(c !== undefined && { changeId: c }), recipient: t };
      return { id: i, userId: u, ...about, expiresAt: new Date(e) };
    },
  };
}

/** The label keeps it apart from everything else that the same secret may sign. */
function signatureOf(payload: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(`passkeys not-me ${payload}`).digest();
}
