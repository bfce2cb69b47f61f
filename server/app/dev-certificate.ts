/**
 * Makes the certificate of `npm run dev:https` once and keeps it, so that it needs to be trusted only once. Browsers offer
 * no passkeys on a page with an untrusted certificate. Files of another tool, such as mkcert, can replace it.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface DevCertificate {
  readonly key: string;
  readonly cert: string;
  /** Path of the certificate, for the system's trust settings. */
  readonly file: string;
}

const lifeMs = 365 * 24 * 60 * 60 * 1000;

export async function devCertificate(dataDir: string, domain: string): Promise<DevCertificate> {
  const folder = join(dataDir, "tls");
  const file = join(folder, `${domain}.cert.pem`);
  const keyFile = join(folder, `${domain}.key.pem`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = await Promise.all([readFile(keyFile, "utf8"), readFile(file, "utf8")]).catch(() => null);
  if (kept !== null) return { key: kept[0], cert: kept[1], file };

  // A development dependency: never loaded in production.
  const { generate } = await import("selfsigned");
  const made = await generate([{ name: "commonName", value: domain }], {
    keyType: "ec",
    notAfterDate: new Date(Date.now() + lifeMs),
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: domain }] }],
  });
  await writeFile(keyFile, made.private, { mode: 0o600 });
  await writeFile(file, made.cert);
  return { key: made.private, cert: made.cert, file };
}
