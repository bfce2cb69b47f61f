/** Sets the security headers of pages and API (S33, S34). */
import type { RequestHandler } from "express";
import helmet from "helmet";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { parseUrl } from "../relying-party/addresses.ts";

export interface SecurityHeaderOptions {
  /** Authsignal's origin: the only other origin that pages may connect to. */
  readonly authsignalOrigin: string;
  /** Whether the app's origin is https. */
  readonly https: boolean;
  /** Allows the styles and the web socket of Vite's client. Only for `npm run dev`. */
  readonly development?: boolean;
}

const known: Names<SecurityHeaderOptions> = { authsignalOrigin: true, https: true, development: true };

/**
 * A content security policy for pages that load only files of their own origin and use passkeys through Authsignal, with
 * trusted types, and the other headers of helmet. Mount it before the pages.
 * @throws TypeError for an `authsignalOrigin` that is no origin
 */
export function securityHeaders(options: SecurityHeaderOptions): RequestHandler {
  refuseUnknown("securityHeaders", options, known);
  const { authsignalOrigin: origin } = options;
  if (parseUrl(origin)?.origin !== origin)
    throw new TypeError(
      'securityHeaders: `authsignalOrigin` must be scheme, host and port of `browser.baseUrl`, such as "https://api.authsignal.com".',
    );
  const headers = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy(options) },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    referrerPolicy: { policy: "no-referrer" },
    strictTransportSecurity: options.https ? { maxAge: 63_072_000, includeSubDomains: false } : false,
    xFrameOptions: { action: "deny" },
  });
  return (req, res, next) => {
    res.set("Permissions-Policy", "publickey-credentials-get=(self), publickey-credentials-create=(self)");
    headers(req, res, next);
  };
}

function contentSecurityPolicy({ authsignalOrigin, development = false }: SecurityHeaderOptions) {
  return {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: development ? ["'self'", "'unsafe-inline'"] : ["'self'"],
    // Authsignal's provider icons are data: URLs.
    imgSrc: ["'self'", "data:"],
    fontSrc: ["'self'"],
    manifestSrc: ["'self'"],
    connectSrc: development ? ["'self'", "ws:", authsignalOrigin] : ["'self'", authsignalOrigin],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
    ...(development ? {} : { trustedTypes: ["'none'"] }),
  };
}
