/** A storage that is there at once and opens with the first request, for an app that is made without `await`. */
import type { Store } from "express-session";
import { AppError } from "../http/errors.ts";
import { type StorageNotice, warnOfOutage, watchOutages } from "../http/outages.ts";
import { beyondRequest } from "../http/request-deadline.ts";
import { within } from "../http/within.ts";
import type { EventReader } from "../passkeys/ports/events.ts";
import type { KnownBrowserStore } from "../passkeys/ports/known-browsers.ts";
import type { Limiter, LimitRule } from "../passkeys/ports/limiter.ts";
import type { NoticeStore } from "../passkeys/ports/notices.ts";
import type { SessionIndex } from "../passkeys/ports/session-list.ts";
import { openStorage, type Storage } from "./storage.ts";
import { readStorageOptions, type StorageOptions } from "./storage-options.ts";
import { LazySessionStore } from "./stores/lazy-session-store.ts";

/** After a failed opening the next try is no sooner. */
const retryMs = 1000;

export interface LazyStorage extends Omit<Storage, "accounts" | "traffic"> {
  /**
   * The storage, opened now if it was not: for what needs its tables, as `sweepExpired((await storage.opened()).traffic, …)`.
   * Call it at the start to hear of a fault before the first request does.
   * @throws AppError upstream_unavailable, whose `message` says why it could not be opened
   */
  opened(): Promise<Storage>;
}

/**
 * The same storage as `openStorage` opens, without its `await`: for `module.exports = app`. It opens with the first call.
 * Calls that come meanwhile wait, for as long as a query may take (`queryTimeoutMs`), and are then a 503, which changes
 * nothing. When the opening fails, they are a 503, `onNotice` (default: a warning of the process) is told once in a
 * sentence, and a call of a second later tries again.
 * @throws TypeError, at once, for options that cannot be used
 */
export function openStorageLazily(options: StorageOptions): LazyStorage {
  const { bounds, leftOut } = readStorageOptions(options);
  const notify = options.onNotice ?? warnOfOutage;
  const outages = watchOutages({ storage: "The storage", isOutage: () => true, notify });
  let attempt: Promise<Storage> | null = null;
  let failed: { readonly error: unknown; readonly until: number } | null = null;
  let current: Storage | null = null;
  let isClosed = false;

  function open(): Promise<Storage> {
    if (failed !== null && performance.now() < failed.until) return Promise.reject(failed.error);
    // Not within the first request's deadline: other requests wait for it too, and migrations may take longer.
    attempt ??= beyondRequest(() => outages.run(tryToOpen)).catch((error: unknown) => {
      attempt = null;
      failed = { error, until: performance.now() + retryMs };
      throw error;
    });
    return attempt;
  }

  async function tryToOpen(): Promise<Storage> {
    // Before the storage is open, the lazy storage reports an outage once; each attempt would report it again.
    const onNotice = (notice: StorageNotice) => {
      if (current !== null) notify(notice);
    };
    const storage = await openStorage({ ...options, onNotice }).catch((error: unknown) => {
      throw error instanceof AppError ? (error.cause ?? new Error(error.message)) : error;
    });
    current = storage;
    return storage;
  }

  async function opened(): Promise<Storage> {
    if (isClosed) throw new Error("The storage is closed.");
    const opening = open();
    // Otherwise a rejection after the last waiting call would be unhandled.
    opening.catch(() => {});
    return within(bounds.queryMs, opening, "").catch((error: unknown) => {
      throw outages.convert(error instanceof AppError ? error : new Error("It is still being opened."));
    });
  }

  return {
    opened,
    flows: lazyFlows(async () => (await opened()).flows),
    knownBrowsers: lazyBrowsers(async () => (await opened()).knownBrowsers),
    sessionIndex: lazyIndex(async () => (await opened()).sessionIndex),
    events: leftOut.has("audit") ? null : lazyEvents(async () => (await opened()).events),
    notices: leftOut.has("notices") ? null : lazyNotices(async () => (await opened()).notices),
    anonymiseEvents: async (userId) => (await opened()).anonymiseEvents(userId),
    sessionStore: new LazySessionStore(async () => (await opened()).sessionStore) satisfies Store,
    limiter: (rule) => lazyLimiter(rule, opened),
    ping: async () => (await opened()).ping(),
    load: () => current?.load() ?? { pool: null, redisReady: null },
    async close() {
      isClosed = true;
      const storage = await attempt?.catch(() => null);
      await storage?.close();
    },
  };
}

function lazyLimiter(rule: LimitRule, opened: () => Promise<Storage>): Limiter {
  let made: Limiter | null = null;
  async function limiter(): Promise<Limiter> {
    made ??= (await opened()).limiter(rule);
    return made;
  }
  return {
    spend: async (key) => (await limiter()).spend(key),
    giveBack: async (key) => (await limiter()).giveBack(key),
    blockedFor: async (key) => (await limiter()).blockedFor(key),
    reset: async (key) => (await limiter()).reset(key),
  };
}

function lazyBrowsers(store: () => Promise<KnownBrowserStore>): KnownBrowserStore {
  return {
    has: async (...call) => (await store()).has(...call),
    hasAny: async (...call) => (await (await store()).hasAny?.(...call)) ?? false,
    keep: async (...call) => (await store()).keep(...call),
    forget: async (...call) => (await store()).forget(...call),
  };
}

function lazyIndex(index: () => Promise<SessionIndex>): SessionIndex {
  return {
    add: async (...call) => (await index()).add(...call),
    see: async (...call) => (await index()).see(...call),
    list: async (...call) => (await index()).list(...call),
    remove: async (...call) => (await index()).remove(...call),
    removeAll: async (...call) => (await index()).removeAll(...call),
  };
}

type Flows = Storage["flows"];

/** A part that the options say is there. */
async function present<Value>(part: Promise<Value | null>): Promise<Value> {
  const value = await part;
  if (value === null) throw new Error("The storage was opened without this table.");
  return value;
}

function lazyEvents(events: () => Promise<EventReader | null>): EventReader {
  return {
    ofUser: async (...call) => (await present(events())).ofUser(...call),
    ofRequest: async (...call) => (await present(events())).ofRequest(...call),
  };
}

function lazyNotices(opened: () => Promise<NoticeStore | null>): NoticeStore {
  const store = () => present(opened());
  return {
    keep: async (...call) => (await store()).keep(...call),
    claim: async (...call) => (await store()).claim(...call),
    markSent: async (...call) => (await store()).markSent(...call),
    postpone: async (...call) => (await store()).postpone(...call),
    forget: async (...call) => (await store()).forget(...call),
  };
}

function lazyFlows(flows: () => Promise<Flows>): Flows {
  return {
    beginRecovery: async (...call) => (await flows()).beginRecovery(...call),
    findRecovery: async (...call) => (await flows()).findRecovery(...call),
    noteRecoveryEnd: async (...call) => (await flows()).noteRecoveryEnd(...call),
    useRecovery: async (...call) => (await flows()).useRecovery(...call),
    cancelRecovery: async (...call) => (await flows()).cancelRecovery(...call),
    keepEmailChange: async (...call) => (await flows()).keepEmailChange(...call),
    findEmailChange: async (...call) => (await flows()).findEmailChange(...call),
    takeEmailChange: async (...call) => (await flows()).takeEmailChange(...call),
    dropEmailChange: async (...call) => (await flows()).dropEmailChange(...call),
    keepFormerAddress: async (...call) => (await flows()).keepFormerAddress(...call),
    findFormerAddress: async (...call) => (await flows()).findFormerAddress(...call),
    formerOwner: async (...call) => (await flows()).formerOwner(...call),
    formerAddresses: async (...call) => (await flows()).formerAddresses(...call),
    dropFormerAddresses: async (...call) => (await flows()).dropFormerAddresses(...call),
    consumeToken: async (...call) => (await flows()).consumeToken(...call),
    releaseToken: async (...call) => (await flows()).releaseToken(...call),
    keepAcceptedCode: async (...call) => (await flows()).keepAcceptedCode(...call),
    acceptedAddress: async (...call) => (await flows()).acceptedAddress(...call),
    countOtpAttempt: async (...call) => (await flows()).countOtpAttempt(...call),
    keepBegun: async (...call) => (await flows()).keepBegun(...call),
    takeBegun: async (...call) => (await flows()).takeBegun(...call),
    keepGrant: async (...call) => (await flows()).keepGrant(...call),
    takeGrant: async (...call) => (await flows()).takeGrant(...call),
    passkeyNames: async (...call) => (await flows()).passkeyNames(...call),
    keepPasskeyName: async (...call) => (await flows()).keepPasskeyName(...call),
    noteAuthenticators: async (...call) => (await flows()).noteAuthenticators(...call),
    claimPasskey: async (...call) => (await flows()).claimPasskey(...call),
    claimedPasskeys: async (...call) => (await flows()).claimedPasskeys(...call),
    forgetPasskey: async (...call) => (await flows()).forgetPasskey(...call),
    offerAnswer: async (...call) => (await flows()).offerAnswer(...call),
    dropGrants: async (...call) => (await flows()).dropGrants(...call),
    forgetUser: async (...call) => (await flows()).forgetUser(...call),
    keepOfferAnswer: async (...call) => (await flows()).keepOfferAnswer(...call),
  };
}
