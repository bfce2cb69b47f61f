/** Reads the native apps that share the site's passkeys. */

/** An Android app, by what its build tools print. */
export interface AndroidApp {
  readonly packageName: string;
  /** SHA-256 of the signing certificate, as `./gradlew signingReport` prints it: `AB:CD:…`. */
  readonly fingerprint: string;
}

export const iosAppPattern: RegExp = /^[A-Z0-9]{10}\.[A-Za-z0-9][A-Za-z0-9.-]*$/;
export const fingerprintPattern: RegExp = /^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/;
const packagePattern = /^[A-Za-z]\w*(\.[A-Za-z]\w*)+$/;

/**
 * The origin in an Android app's client data: `android:apk-key-hash:` and the fingerprint's bytes in base64url. The tenant
 * must expect it besides the site's origin. An iOS app uses the site's origin.
 */
export function androidOrigin({ fingerprint }: AndroidApp): string {
  return `android:apk-key-hash:${Buffer.from(fingerprint.replaceAll(":", ""), "hex").toString("base64url")}`;
}

/** Reads `ABCDE12345.com.example.app, …`. */
export function readIosApps(text: string, problems: string[]): readonly string[] {
  const apps = split(text);
  for (const app of apps) {
    if (!iosAppPattern.test(app))
      problems.push(`IOS_APPS has ${app}: write team and bundle id, for example ABCDE12345.com.example.app.`);
  }
  return apps;
}

/** Reads `com.example.app=AB:CD:…, …`. */
export function readAndroidApps(text: string, problems: string[]): readonly AndroidApp[] {
  return split(text).map((pair) => {
    const [packageName = "", fingerprint = ""] = pair.split("=").map((part) => part.trim());
    const app = { packageName, fingerprint: fingerprint.toUpperCase() };
    if (!packagePattern.test(packageName) || !fingerprintPattern.test(app.fingerprint)) {
      problems.push(
        `ANDROID_APPS has ${pair}: write package and SHA-256 of the signing report, for example com.example.app=AB:CD:… (32 pairs).`,
      );
    }
    return app;
  });
}

export function split(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
