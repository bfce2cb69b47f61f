/**
 * Serves the `/.well-known/` files for browsers, phones and password managers. Mount it at the root of the RP ID's host and
 * of every origin:
 *
 * - `apple-app-site-association` and `assetlinks.json`: native apps that may use the site's passkeys;
 * - `webauthn`: other sites that may use the RP ID (WebAuthn Level 3, section 5.11);
 * - `passkey-endpoints`: the pages to which a password manager links to create and manage passkeys (W3C).
 *
 * Without configuration a path is not served and stays the host's.
 */
import { Router } from "express";
import { type Names, refuseUnknown } from "../http/options/known-options.ts";
import { adviceForOrigin } from "./addresses.ts";
import { type AndroidApp, fingerprintPattern, iosAppPattern } from "./native-apps.ts";

export interface WellKnownOptions {
  /** Apple apps as `TEAMID.bundle.id`. Default none. */
  readonly iosApps?: readonly string[];
  /** Android apps with the fingerprints of their signing certificates. Default none. */
  readonly androidApps?: readonly AndroidApp[];
  /** Origins on other domains whose pages may use the RP ID. Default none. */
  readonly relatedOrigins?: readonly string[];
  /** Addresses of your own pages, absolute and https. Default none. */
  readonly passkeyEndpoints?: { readonly enroll: string; readonly manage: string } | null;
}

const known: Names<WellKnownOptions> = {
  iosApps: true,
  androidApps: true,
  relatedOrigins: true,
  passkeyEndpoints: true,
};
const knownInApp: Names<AndroidApp> = { packageName: true, fingerprint: true };
const knownInEndpoints = { enroll: true, manage: true };

/** @returns a router for the root of the site. @throws TypeError that names the wrong option */
export function createWellKnown(options: WellKnownOptions): Router {
  check(options);
  const { iosApps = [], androidApps = [], relatedOrigins = [], passkeyEndpoints = null } = options;
  const files: Readonly<Record<string, object | null>> = {
    "apple-app-site-association": iosApps.length === 0 ? null : { webcredentials: { apps: iosApps } },
    "assetlinks.json": androidApps.length === 0 ? null : androidApps.map(toAssetLink),
    webauthn: relatedOrigins.length === 0 ? null : { origins: relatedOrigins },
    "passkey-endpoints": passkeyEndpoints,
  };
  const router = Router();
  for (const [name, content] of Object.entries(files)) {
    if (content === null) continue;
    router.get(`/.well-known/${name}`, (_req, res) => {
      // Apple requires application/json, although the name has no extension.
      res.set("Cache-Control", "public, max-age=3600").json(content);
    });
  }
  return router;
}

/** Credential Manager reads the first relation, app links the second. */
function toAssetLink({ packageName, fingerprint }: AndroidApp): object {
  return {
    relation: ["delegate_permission/common.get_login_creds", "delegate_permission/common.handle_all_urls"],
    target: {
      namespace: "android_app",
      package_name: packageName,
      sha256_cert_fingerprints: [fingerprint],
    },
  };
}

function check(options: WellKnownOptions): void {
  const caller = "createWellKnown";
  refuseUnknown(caller, options, known);
  const { iosApps = [], androidApps = [], relatedOrigins = [], passkeyEndpoints = null } = options;
  for (const app of androidApps) refuseUnknown(caller, app, knownInApp, "androidApps");
  if (passkeyEndpoints !== null)
    refuseUnknown(caller, passkeyEndpoints, knownInEndpoints, "passkeyEndpoints");
  const wrongIos = iosApps.find((app) => !iosAppPattern.test(app));
  if (wrongIos !== undefined)
    throw new TypeError(
      `createWellKnown: \`iosApps\` must be such as "ABCDE12345.com.example.app", not "${wrongIos}".`,
    );
  const wrongAndroid = androidApps.find(({ fingerprint }) => !fingerprintPattern.test(fingerprint));
  if (wrongAndroid !== undefined) {
    throw new TypeError(
      `createWellKnown: the fingerprint of ${wrongAndroid.packageName} must be the SHA-256 of a signing report: 32 pairs of digits with colons.`,
    );
  }
  for (const origin of relatedOrigins) {
    const advice = adviceForOrigin(origin);
    if (advice !== null) throw new TypeError(`createWellKnown: \`relatedOrigins\` must have ${advice}.`);
  }
}
