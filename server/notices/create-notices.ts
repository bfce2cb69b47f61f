/**
 * Keeps notices and sends them in the background: an answer never waits for a mail server. Each is kept first, tried until
 * it is sent or too old, and sent by one instance alone.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Request } from "express";
import { z } from "zod";
import { sha256 } from "../http/hash.ts";
import { nameAgent } from "../http/headers/user-agent.ts";
import { recipientKey } from "../passkeys/ports/email-address.ts";
import { surviveListener } from "../passkeys/ports/events.ts";
import {
  type ClaimedNotice,
  type Notice,
  type Notices,
  noAddress,
  type Told,
} from "../passkeys/ports/notices.ts";
import { createNotMeLinks } from "./not-me-link.ts";
import { checkNoticesOptions, type NoticesOptions } from "./notices-options.ts";

const minute = 60_000;
const hour = 60 * minute;
/** How long a notice is tried, and how long one that was sent is remembered. */
const lifeMs = 72 * hour;
const linkLifeMs = 7 * 24 * hour;
/** Waits between tries; the last one repeats. */
const backOff = [minute, 5 * minute, 15 * minute, hour, 3 * hour, 6 * hour];
const sentAtOnce = 5;
/** Waiting notices in all, and notices of one kind to one user in a day: beyond that none is kept. */
const mostWaiting = 10_000;
const perKind = { name: "noticesPerKind", points: 20, seconds: 24 * 60 * 60 };
/** How often the storage is asked for notices of other instances, and for tries that are due. */
const pollMs = 15_000;
/** How long the stop waits for what is being sent. */
const closingMs = 5000;

const Content = z.object({
  kind: z.string(),
  to: z.string(),
  at: z.number(),
  by: z.enum(["user", "support", "elsewhere"]),
  subject: z.string().nullable(),
  browser: z.string().nullable(),
  system: z.string().nullable(),
  locale: z.string().nullable(),
  passkeyId: z.string().nullable(),
  changeId: z.string().optional(),
});
type Content = z.infer<typeof Content>;

export interface KeptNotices extends Notices {
  /** Sends what is due, and resolves when each was tried once. Happens by itself every 15 seconds too. */
  flush(): Promise<void>;
  /** Sends what is due, for five seconds at the most, and then no more. Call it at the stop, before the storage is closed. */
  close(): Promise<void>;
}

/** @throws TypeError that names the option which cannot work, and what to write instead */
export function createNotices(options: NoticesOptions): KeptNotices {
  const store = checkNoticesOptions(options);
  const { notify, link, localeOf = acceptedLanguage, now = () => new Date(), deadlineMs = 20_000 } = options;
  // Longer than a try, so that no other instance begins while it runs.
  const leaseMs = 3 * deadlineMs;
  const onEvent = surviveListener(options.onEvent ?? (() => {}));
  const limit = options.storage.limiter(perKind);
  const links = createNotMeLinks(link === undefined ? [] : [link.secret].flat(), now);
  const closing = new AbortController();
  const underway = new Set<Promise<void>>();
  let running: Promise<void> | null = null;

  async function keep(told: Told, content: Omit<Content, "to">, at: Date): Promise<void> {
    const { userId, kind, delaySeconds = 0 } = told;
    if ((await limit.spend(sha256(`${userId} ${kind}`))) > 0) return lose(userId, kind, "limit");
    const about = told.about ?? randomUUID();
    for (const to of new Set(told.to)) {
      const kept = {
        id: sha256(JSON.stringify([kind, userId, about, to])),
        userId,
        content: JSON.stringify({ ...content, to } satisfies Content),
        dueAt: new Date(at.getTime() + delaySeconds * 1000),
        expiresAt: new Date(at.getTime() + lifeMs),
      };
      if (!(await store.keep(kept, mostWaiting))) lose(userId, kind, "too-many-waiting");
    }
  }

  function lose(userId: string, kind: string, reason: string): void {
    onEvent({ event: "notice.failed", userId, kind, reason });
  }

  async function sendDue(): Promise<void> {
    while (!closing.signal.aborted) {
      const at = now();
      const claimed = await store.claim(at, new Date(at.getTime() + leaseMs), sentAtOnce);
      if (claimed.length === 0) return;
      await Promise.all(claimed.map(send));
    }
  }

  /** One loop at a time. It ends early in an outage of the storage, which the storage reports itself. */
  function run(): Promise<void> {
    running ??= sendDue()
      .catch(() => {})
      .finally(() => {
        running = null;
      });
    return running;
  }

  async function send(claimed: ClaimedNotice): Promise<void> {
    const content = Content.parse(JSON.parse(claimed.content));
    const { userId } = claimed;
    const common = { userId, kind: content.kind, noticeId: claimed.id };
    const giveUp = new AbortController();
    const signal = AbortSignal.any([giveUp.signal, closing.signal]);
    // In an async function, so that a throw and a rejection are one.
    const sending = (async () => notify(noticeOf(claimed, content), signal))();
    // Also when it succeeds too late: then the next try is spared.
    const sent = sending.then(async () => {
      await store.markSent(claimed, now());
      onEvent({ event: "notice.sent", ...common });
    });
    const outcome = await Promise.race([
      sent.then(() => null, reasonOf),
      delay(deadlineMs, "timeout", { ref: false, signal }).catch(() => "closing"),
    ]);
    giveUp.abort();
    if (outcome === null) return;
    // A late failure changes nothing.
    sent.catch(() => {});
    const wait = backOff[Math.min(claimed.attempts, backOff.length) - 1] ?? hour;
    const dueAt = outcome === noAddress ? claimed.expiresAt : new Date(now().getTime() + wait);
    await store.postpone(claimed, dueAt);
    const isLast = dueAt >= claimed.expiresAt;
    onEvent({ event: isLast ? "notice.failed" : "notice.postponed", ...common, reason: outcome });
  }

  function noticeOf(claimed: ClaimedNotice, content: Content): Notice {
    const { passkeyId, changeId, at, ...told } = content;
    return {
      ...told,
      ...(changeId !== undefined && { restoresAddress: true }),
      id: claimed.id,
      userId: claimed.userId,
      at: new Date(at),
      notMeUrl:
        link === undefined || content.kind === "account_deleted"
          ? null
          : `${link.url}?token=${notMeToken(claimed, content)}`,
    };
  }

  function notMeToken({ id, userId }: ClaimedNotice, { kind, to, passkeyId, changeId, at }: Content): string {
    const about = {
      kind,
      passkeyId,
      ...(changeId !== undefined && { changeId }),
      recipient: recipientKey(to),
    };
    return links.sign({ id, userId, ...about, expiresAt: new Date(at + linkLifeMs) });
  }

  async function flush(): Promise<void> {
    await Promise.all(underway);
    await running;
    await run();
  }

  const poll = setInterval(run, pollMs);
  poll.unref();

  return {
    tell(told) {
      const at = now();
      const { kind, userId, req, by = "user", subject = null, passkeyId = null, changeId } = told;
      const agent = req === null ? { browser: null, system: null } : nameAgent(req.get("user-agent"));
      const locale = req === null ? null : localeOf(req);
      const about = { kind, subject, passkeyId, ...(changeId !== undefined && { changeId }) };
      const kept = keep(told, { ...about, at: at.getTime(), by, ...agent, locale }, at)
        .then(() => void run())
        .catch((error: unknown) => lose(userId, kind, reasonOf(error)))
        .finally(() => underway.delete(kept));
      underway.add(kept);
    },
    forget: (userId) => store.forget(userId),
    readLink: (token) => (link === undefined ? null : links.read(token)),
    onNotMe: options.onNotMe,
    flush,
    async close() {
      clearInterval(poll);
      const timer = new AbortController();
      const late = delay(closingMs, undefined, { signal: timer.signal }).catch(() => {});
      await Promise.race([flush(), late]);
      timer.abort();
      closing.abort();
      await running;
    },
  };
}

/** The code or the class of an error: its message may contain an address. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return error instanceof Error ? error.name : "unknown";
}

/** The first language of `Accept-Language` that is one: browsers send the preferred one first. */
function acceptedLanguage(req: Request): string | null {
  const [first = ""] = (req.get("accept-language") ?? "").split(",");
  return /^\s*([a-z]{2,3}(?:-[a-z0-9]{1,8}){0,3})\s*(?:;|$)/i.exec(first)?.[1] ?? null;
}
