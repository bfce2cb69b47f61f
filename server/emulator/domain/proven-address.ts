/** What becomes of an address after its code came back: an authenticator, or a new address of one. */
import type { CodeMethod, UserAuthenticator } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";
import type { SmsChannel } from "../wire/wire.ts";
import { addAuthenticator, enrolledAuthenticators, findByAddress } from "./authenticator-rules.ts";
import { addressKey } from "./codes.ts";
import { ensureUser } from "./user-records.ts";

/** An address whose code came back. */
export interface ProvenAddress {
  readonly userId: string;
  readonly verificationMethod: CodeMethod;
  readonly address: string;
  /** The unverified authenticator of an enrollment in a browser. */
  readonly begun?: UserAuthenticator | undefined;
  /** Whether an address that is not enrolled may become an authenticator. */
  readonly mayAdd: boolean;
  readonly mayUpdate: boolean;
  readonly smsChannel?: SmsChannel | undefined;
}

export interface AddressOutcome {
  readonly authenticator: UserAuthenticator;
  readonly isNew: boolean;
}

/**
 * Records the use of an enrolled address. Another address becomes an authenticator, or replaces the address of one, as the
 * scope allows (protocol 2.3). `undefined` if it allows neither.
 */
export function enrollProvenAddress(tenant: Tenant, proven: ProvenAddress): AddressOutcome | undefined {
  const { userId, verificationMethod, address, begun } = proven;
  const viaChannel = (one: Partial<UserAuthenticator>) => channelChange(one, proven.smsChannel);
  const key = addressKey(verificationMethod);
  const now = tenant.clock.now();
  const put = (authenticator: UserAuthenticator, isNew: boolean): AddressOutcome => {
    tenant.state.userAuthenticators.put(authenticator.userAuthenticatorId, authenticator);
    return { authenticator, isNew };
  };
  const dropBegun = () => {
    if (begun?.verifiedAt === undefined && begun !== undefined) {
      tenant.state.userAuthenticators.delete(begun.userAuthenticatorId);
    }
  };

  const known = findByAddress(tenant, userId, verificationMethod, address);
  if (known !== undefined) {
    dropBegun();
    return put({ ...known, ...viaChannel(known), lastVerifiedAt: now }, false);
  }
  const enrolled = enrolledAuthenticators(tenant, userId);
  if (proven.mayAdd) {
    const times = { verifiedAt: now, lastVerifiedAt: now };
    const facts = { userId, verificationMethod, [key]: address, ...times, ...viaChannel({}) };
    if (begun === undefined) return { authenticator: addAuthenticator(tenant, facts), isNew: true };
    return put({ ...begun, ...facts, expiresAt: undefined, isDefault: enrolled.length === 0 }, true);
  }
  const replaced = enrolled.find((one) => one.verificationMethod === verificationMethod);
  if (!proven.mayUpdate || replaced === undefined) return undefined;
  dropBegun();
  return put(
    { ...replaced, ...viaChannel(replaced), [key]: address, verifiedAt: now, lastVerifiedAt: now },
    false,
  );
}

function channelChange(one: Partial<UserAuthenticator>, smsChannel: SmsChannel | undefined) {
  if (smsChannel === undefined || smsChannel === (one.smsChannel ?? "DEFAULT")) return {};
  return { smsChannel, previousSmsChannel: one.smsChannel };
}

/** Marks the user's own address as verified. */
export function recordVerifiedAddress(
  tenant: Tenant,
  { userId, verificationMethod, address }: Pick<ProvenAddress, "userId" | "verificationMethod" | "address">,
): void {
  const key = addressKey(verificationMethod);
  const user = ensureUser(tenant, userId);
  if (user[key] !== undefined && user[key] !== address) return;
  tenant.state.users.put(userId, { ...user, [key]: address, [`${key}Verified`]: true });
}
