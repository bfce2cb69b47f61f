/** Everything that one tenant remembers, in collections. */
import { isJsonObject, isWellFormed } from "../wire/input.ts";
import {
  type Change,
  type Collection,
  type CollectionOptions,
  createCollection,
  type Expiring,
} from "./collection.ts";
import type { Storage, StoredRow } from "./data-file.ts";
import type {
  Action,
  ActionConfiguration,
  Challenge,
  Device,
  FixedCode,
  Message,
  Session,
  StoredKey,
  User,
  UserAuthenticator,
} from "./records.ts";
import * as records from "./records.ts";

// Limits on what callers can create, far above what a test run needs, so that memory stays flat. Users and their
// authenticators have none: losing one would be a defect.
const actionLimit = 10_000;
const challengeLimit = 10_000;
const messageLimit = 1_000;
const sessionLimit = 10_000;
const deviceLimit = 10_000;

export interface State {
  readonly users: Collection<User & Expiring>;
  readonly userAuthenticators: Collection<UserAuthenticator>;
  readonly actions: Collection<Action>;
  readonly challenges: Collection<Challenge>;
  readonly messages: Collection<Message>;
  readonly sessions: Collection<Session>;
  readonly devices: Collection<Device & Expiring>;
  readonly keys: Collection<StoredKey>;
  readonly fixedCodes: Collection<FixedCode>;
  readonly actionConfigurations: Collection<ActionConfiguration>;
  /** Writes the changes since the last commit. Called before an answer leaves. */
  commit(): void;
  dropExpired(now: number): void;
  clear(): void;
  /** Every record as JSON values, in a stable order. */
  dump(): StateDump;
  /** Whether a value could have been dumped by an emulator: every record in it has the shape of its kind. */
  isDump(value: unknown): value is StateDump;
  restore(dump: StateDump): void;
}

export type StateDump = Readonly<Record<string, readonly (readonly [key: string, record: unknown])[]>>;

export interface StateOptions {
  readonly tenantId: string;
  readonly storage: Storage;
  /** Called for each change of a user authenticator, for the webhooks. */
  readonly onAuthenticator?: AuthenticatorListener | undefined;
}

export type AuthenticatorListener = (
  previous: UserAuthenticator | undefined,
  next: UserAuthenticator | undefined,
) => void;

type Collections = Pick<State, (typeof collectionNames)[number]>;
const collectionNames = [
  "users",
  "userAuthenticators",
  "actions",
  "challenges",
  "messages",
  "sessions",
  "devices",
  "keys",
  "fixedCodes",
  "actionConfigurations",
] as const;

export function createState({ tenantId, storage, onAuthenticator }: StateOptions): State {
  let pending: Change[] = [];
  const onChange = (change: Change) => {
    pending.push(change);
  };
  const collections = createCollections(onChange, onAuthenticator);
  const all = collectionNames.map((name) => collections[name]);
  loadRows(storage.load(tenantId), all, tenantId);

  const commit = () => {
    if (pending.length === 0) return;
    storage.write(tenantId, pending);
    // Cleared after the write: rows that could not be written are tried again with the next answer.
    pending = [];
  };

  return {
    ...collections,
    commit,
    dropExpired(now) {
      for (const collection of all) collection.dropExpired(now);
    },
    clear() {
      for (const collection of all) collection.clear();
    },
    dump: () => Object.fromEntries(all.map((collection) => [collection.name, [...collection.entries()]])),
    isDump: (value) => isDumpOf(value, all),
    restore(dump) {
      for (const collection of all) {
        collection.clear();
        for (const [key, record] of dump[collection.name] ?? []) {
          collection.restore(key, record);
          onChange({ collection: collection.name, key, value: record });
        }
      }
      commit();
    },
  };
}

/** The collections, with the indexes that operations look records up by. */
function createCollections(
  onChange: (change: Change) => void,
  onAuthenticator: AuthenticatorListener | undefined,
): Collections {
  const define = <T extends Expiring>(options: CollectionOptions<T>) =>
    createCollection({ ...options, onChange });
  return {
    users: define<User & Expiring>({
      name: "users",
      isRecord: records.isUser,
      indexes: {
        email: (user) => user.email,
        phoneNumber: (user) => user.phoneNumber,
        username: (user) => user.username,
      },
    }),
    userAuthenticators: define<UserAuthenticator>({
      name: "userAuthenticators",
      isRecord: records.isUserAuthenticator,
      indexes: {
        userId: (one) => one.userId,
        credentialId: (one) => one.credential?.credentialId,
        username: (one) => one.username,
      },
      onReplace: onAuthenticator,
    }),
    ...createLimitedCollections(define),
    keys: define<StoredKey>({ name: "keys", isRecord: records.isStoredKey }),
    fixedCodes: define<FixedCode>({ name: "fixedCodes", isRecord: records.isFixedCode }),
    actionConfigurations: define<ActionConfiguration>({
      name: "actionConfigurations",
      isRecord: records.isActionConfiguration,
    }),
  };
}

/** The collections that callers can fill without end. */
function createLimitedCollections(
  define: <T extends Expiring>(options: CollectionOptions<T>) => Collection<T>,
) {
  return {
    actions: define<Action>({
      name: "actions",
      isRecord: records.isAction,
      limit: actionLimit,
      indexes: { userId: (action) => action.userId },
    }),
    challenges: define<Challenge>({
      name: "challenges",
      isRecord: records.isChallenge,
      limit: challengeLimit,
      indexes: {
        userId: challengedUser,
        // A browser's code belongs to one occurrence of an action, which only the idempotency key tells apart.
        idempotencyKey: (challenge) => challenge.idempotencyKey,
      },
    }),
    messages: define<Message>({
      name: "messages",
      isRecord: records.isMessage,
      limit: messageLimit,
      indexes: { to: (message) => message.to },
    }),
    sessions: define<Session>({
      name: "sessions",
      isRecord: records.isSession,
      limit: sessionLimit,
      indexes: {
        userId: (session) => session.userId,
        refreshTokenHash: (session) => session.refreshTokenHash,
      },
    }),
    devices: define<Device & Expiring>({
      name: "devices",
      isRecord: records.isDevice,
      limit: deviceLimit,
      indexes: { userId: (device) => device.userId },
    }),
  };
}

type AnyCollection = Pick<Collection<never>, "name" | "restore"> & {
  isRecord(value: unknown): boolean;
};

function loadRows(rows: readonly StoredRow[], collections: readonly AnyCollection[], tenantId: string): void {
  for (const { collection: name, key, value } of rows) {
    const collection = collections.find((one) => one.name === name);
    if (collection?.restore(key, parsed(value)) !== true) {
      throw new Error(
        `The state file holds a damaged record (${name} ${JSON.stringify(key)} of tenant ${tenantId}). Move the file away or delete it.`,
      );
    }
  }
}

function isDumpOf(value: unknown, collections: readonly AnyCollection[]): value is StateDump {
  return (
    isJsonObject(value) &&
    Object.entries(value).every(([name, rows]) => {
      const collection = collections.find((one) => one.name === name);
      return Array.isArray(rows) && rows.every((row) => isRow(row) && collection?.isRecord(row[1]) === true);
    })
  );
}

/** The user of a challenge. A code sent through the Server API has one after it was claimed. */
export function challengedUser(challenge: Challenge): string | undefined {
  return challenge.userId ?? (challenge.kind === "code" ? challenge.claimedBy : undefined);
}

function isRow(row: unknown): row is readonly [string, unknown] {
  return Array.isArray(row) && row.length === 2 && typeof row[0] === "string" && isWellFormed(row[0]);
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
