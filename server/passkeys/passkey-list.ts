/** The signed-in user's passkeys, as the API shows them. */
import type { Passkey, PasskeysResponse } from "../../shared/contract.ts";
import type { EnrolledPasskey } from "../authsignal/gateway.ts";
import type { Operation } from "./operation.ts";
import type { PasskeysRouterOptions } from "./options.ts";
import { requireSignedIn } from "./signed-in.ts";

export function listPasskeys(options: PasskeysRouterOptions): Operation {
  return {
    async handle({ req }) {
      const { user } = await requireSignedIn(options, req);
      const answer: PasskeysResponse = nameByProvider(await options.authsignal.listPasskeys(user.id));
      return { status: 200, body: answer };
    },
  };
}

/** Names passkeys after their provider, and numbers those that would look alike: "iCloud Keychain 2". */
export function nameByProvider(passkeys: readonly EnrolledPasskey[]): Passkey[] {
  const seen = new Map<string, number>();
  return passkeys.map(({ id, provider, createdAt, lastUsedAt }) => {
    const base = provider ?? "Passkey";
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return {
      id,
      name: count === 1 ? base : `${base} ${count}`,
      provider,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    };
  });
}
