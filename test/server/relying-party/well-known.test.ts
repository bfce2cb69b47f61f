/** What the site says about itself, and native apps whose passkeys the emulated tenant takes. */
import express from "express";
import request from "supertest";
import { describe, expect, test } from "vitest";
import { ConfigError, type Environment, loadLocalConfig } from "../../../server/config/config.ts";
import { androidOrigin } from "../../../server/relying-party/native-apps.ts";
import { createWellKnown, type WellKnownOptions } from "../../../server/relying-party/well-known.ts";
import { createClientApi } from "../../kit/client-api.ts";
import { startEmulatorFor } from "../../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";

const fingerprint = Array.from({ length: 32 }, (_, index) =>
  index.toString(16).padStart(2, "0").toUpperCase(),
).join(":");
const androidApps = [{ packageName: "com.example.app", fingerprint }];
const full: WellKnownOptions = {
  iosApps: ["ABCDE12345.com.example.app"],
  androidApps,
  relatedOrigins: ["https://example.net"],
  passkeyEndpoints: { enroll: "https://example.com/account", manage: "https://example.com/account" },
};

function get(options: WellKnownOptions, name: string): request.Test {
  const app = express();
  app.use(createWellKnown(options));
  return request(app).get(`/.well-known/${name}`);
}

describe("serves as JSON", () => {
  test.each([
    ["apple-app-site-association", { webcredentials: { apps: ["ABCDE12345.com.example.app"] } }],
    [
      "assetlinks.json",
      [
        {
          relation: [
            "delegate_permission/common.get_login_creds",
            "delegate_permission/common.handle_all_urls",
          ],
          target: {
            namespace: "android_app",
            package_name: "com.example.app",
            sha256_cert_fingerprints: [fingerprint],
          },
        },
      ],
    ],
    ["webauthn", { origins: ["https://example.net"] }],
    ["passkey-endpoints", full.passkeyEndpoints],
  ])("createWellKnown serves %s as JSON, and only when it is configured", async (name, content) => {
    const answer = await get(full, name)
      .expect(200)
      .expect("Content-Type", /^application\/json/);
    expect(answer.body).toEqual(content);
    await get({}, name).expect(404);
  });
});

describe("refuses at creation", () => {
  test.each<[string, WellKnownOptions, string]>([
    ["a bundle id without a team", { iosApps: ["com.example.app"] }, "`iosApps` must be such as"],
    [
      "a SHA-1 fingerprint",
      { androidApps: [{ packageName: "com.example.app", fingerprint: "AB:CD" }] },
      "the fingerprint of com.example.app must be the SHA-256",
    ],
    [
      "a related origin with a path",
      { relatedOrigins: ["https://example.net/"] },
      '`relatedOrigins` must have scheme, host and port only: write "https://example.net"',
    ],
  ])("createWellKnown refuses %s", (_, options, sentence) => {
    expect(() => createWellKnown(options)).toThrow(sentence);
  });
});

describe("the configuration of native apps and further origins", () => {
  const load = (changes: Environment) =>
    loadLocalConfig({ ORIGIN: "https://app.example.com", RP_ID: "example.com", ...changes });

  test("MORE_ORIGINS, IOS_APPS and ANDROID_APPS are read as lists with commas", () => {
    const config = load({
      MORE_ORIGINS: "https://www.example.com, https://example.net,https://app.example.com",
      IOS_APPS: "ABCDE12345.com.example.app",
      ANDROID_APPS: `com.example.app=${fingerprint.toLowerCase()}`,
    });
    expect(config).toMatchObject({
      moreOrigins: ["https://www.example.com", "https://example.net"],
      iosApps: ["ABCDE12345.com.example.app"],
      androidApps,
      clientApiProxy: false,
    });
    expect(load({ CLIENT_API_PROXY: "on" }).clientApiProxy).toBe(true);
  });

  test.each<[Environment, string]>([
    [
      { MORE_ORIGINS: "https://www.example.com/shop" },
      'MORE_ORIGINS must have scheme, host and port only: write "https://www',
    ],
    [{ MORE_ORIGINS: "http://localhost:3000" }, "but ORIGIN begins with https://"],
    [{ IOS_APPS: "com.example.app" }, "IOS_APPS has com.example.app: write team and bundle id"],
    [{ ANDROID_APPS: "com.example.app" }, "ANDROID_APPS has com.example.app: write package and SHA-256"],
    [
      { CLIENT_API_PROXY: "on", MORE_ORIGINS: "https://www.example.com" },
      "pages of MORE_ORIGINS could not use it",
    ],
    [{ CLIENT_API_PROXY: "yes" }, "CLIENT_API_PROXY must be on or off."],
  ])("The configuration %j is refused", (changes, sentence) => {
    expect(() => load(changes)).toThrow(ConfigError);
    expect(() => load(changes)).toThrow(sentence);
  });
});

test("Authsignal accepts an Android app's passkey if the tenant expects its key, and refuses it otherwise", async () => {
  const [app] = androidApps;
  if (app === undefined) throw new Error("There is no Android app.");
  const own = androidOrigin(app);
  expect(own).toBe("android:apk-key-hash:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
  const kit = await startEmulatorFor({ tenant: { expectedOrigins: ["http://localhost:3000", own] } });
  try {
    // The phone's own authenticator checks the app against assetlinks.json; what it signs is the app's origin.
    const register = async (origin: string): Promise<string> => {
      const authenticator = createSoftAuthenticator();
      const api = createClientApi({ ...kit.browser, origin: "http://localhost:3000", authenticator });
      const tracked = await fetch(`${kit.authsignal.apiUrl}/users/u-1/actions/enroll-passkey`, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Basic ${Buffer.from(`${kit.authsignal.apiSecretKey}:`).toString("base64")}`,
        },
        body: JSON.stringify({ scope: "add:authenticators" }),
      });
      const { token }: { token: string } = await tracked.json();
      return api.signUp({ token, fault: { clientData: { origin } } });
    };
    await expect(register(own)).resolves.toBeTypeOf("string");
    await expect(register("android:apk-key-hash:somebody-else")).rejects.toMatchObject({
      name: "ClientApiError",
    });
  } finally {
    await kit.close();
  }
});
