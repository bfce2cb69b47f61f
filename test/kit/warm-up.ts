/** Makes the first ceremony of a process as fast as the tenth. */
import { text } from "node:stream/consumers";
import { sendRequest } from "../../server/emulator/wire/send-request.ts";
import { MissingPackageError } from "../../server/http/optional-package.ts";
import { startEmulatedTenant } from "./emulated-tenant.ts";
import { createSoftAuthenticator } from "./soft-authenticator.ts";

let done: Promise<void> | undefined;

/**
 * Performs a registration and a sign-in on an emulator of its own, once in a process: what they need is loaded and
 * compiled then.
 */
export function warmUp(): Promise<void> {
  done ??= performCeremonies().catch((error: unknown) => {
    // The suite's own ceremonies then say what is wrong.
    process.emitWarning(error instanceof Error ? error : String(error));
  });
  return done;
}

async function performCeremonies(): Promise<void> {
  const { emulator, authsignal, clientApi } = await startEmulatedTenant({ origin: "http://localhost:3000" });
  try {
    const credentials = Buffer.from(`${authsignal.apiSecretKey}:`).toString("base64");
    const tracked = await sendRequest(`${emulator.apiUrl}/users/warm-up/actions/warm-up`, {
      method: "POST",
      headers: { authorization: `Basic ${credentials}` },
    });
    const { token }: { readonly token: string } = JSON.parse(await text(tracked));
    const client = clientApi(createSoftAuthenticator());
    await client.signUp({ token });
    await client.signIn({ action: "warm-up" });
  } catch (error) {
    // A suite without a soft authenticator does not need its package.
    if (!(error instanceof MissingPackageError)) throw error;
  } finally {
    await emulator.close();
  }
}
