/** Notices are kept before they are sent, sent once, tried again, and never in the way of an answer. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createNotices, type KeptNotices } from "../../../server/notices/create-notices.ts";
import { createMailer } from "../../../server/notices/mailer.ts";
import type { NoticesOptions } from "../../../server/notices/notices-options.ts";
import type { SecurityEvent } from "../../../server/passkeys/ports/events.ts";
import type { Notice, Told } from "../../../server/passkeys/ports/notices.ts";
import type { Storage } from "../../../server/storage/storage.ts";
import { gate } from "../../kit/gate.ts";
import { openTestStorage, type TestStorage } from "../../kit/test-storage.ts";
import { startMailCatcher } from "./mail-catcher.ts";

const secret = "a secret of more than thirty-two characters";
const hour = 3_600_000;

let clock = Date.UTC(2030, 0, 1);
const now = () => new Date(clock);
let storage: TestStorage;
let again: Storage;
let sent: Notice[];
let events: SecurityEvent[];
let open: KeptNotices[];
beforeAll(async () => {
  storage = await openTestStorage(now);
  again = await storage.connectAgain();
});
beforeEach(async () => {
  [sent, events, open] = [[], [], []];
  await storage.traffic.deleteFrom("notices").execute();
});
afterEach(async () => {
  for (const notices of open) await notices.close();
});
afterAll(async () => {
  await again.close();
  await storage.close();
});

function start(options: Partial<NoticesOptions> = {}): KeptNotices {
  const notices = createNotices({
    storage,
    notify: async (notice) => void sent.push(notice),
    onEvent: (event) => void events.push(event),
    now,
    ...options,
  });
  open.push(notices);
  return notices;
}

let people = 0;

function told(changes: Partial<Told> = {}): Told {
  people += 1;
  return {
    kind: "passkey_added",
    userId: `user-${people}`,
    to: [`user-${people}@example.com`],
    req: null,
    ...changes,
  };
}

const names = () => events.map(({ event }) => event);

test("a notice goes to each address once, and is remembered as sent", async () => {
  const notices = start();
  const one = told({ kind: "email_changed", to: ["old@example.com", "new@example.com", "old@example.com"] });
  notices.tell(one);
  await notices.flush();
  await notices.flush();
  expect(sent.map(({ to }) => to).toSorted()).toEqual(["new@example.com", "old@example.com"]);
  expect(sent[0]).toMatchObject({ kind: "email_changed", userId: one.userId, by: "user", notMeUrl: null });
  expect(names()).toEqual(["notice.sent", "notice.sent"]);
});

test("of two instances on one storage only one sends a notice, whichever kept it", async () => {
  const [here, elsewhere] = [start(), start({ storage: again })];
  const reports = Array.from({ length: 12 }, () => told());
  for (const [at, one] of reports.entries()) (at % 2 ? here : elsewhere).tell(one);
  await Promise.all([here.flush(), elsewhere.flush()]);
  await Promise.all([here.flush(), elsewhere.flush()]);
  expect(sent.map(({ userId }) => userId).toSorted()).toEqual(reports.map(({ userId }) => userId).toSorted());
});

test("the same thing that is told twice is one notice, with what the earlier one knows", async () => {
  const notices = start();
  const later = told({ about: "p-1", by: "elsewhere", delaySeconds: 120 });
  notices.tell(later);
  await notices.flush();
  expect(sent).toEqual([]);
  notices.tell({ ...later, by: "user", delaySeconds: 0 });
  await notices.flush();
  notices.tell(later);
  clock += hour;
  await notices.flush();
  expect(sent).toMatchObject([{ by: "user" }]);
});

test("a notice that waits is sent when its time has come", async () => {
  const notices = start();
  notices.tell(told({ by: "elsewhere", delaySeconds: 120 }));
  await notices.flush();
  expect(sent).toEqual([]);
  clock += 121_000;
  await notices.flush();
  expect(sent).toMatchObject([{ by: "elsewhere" }]);
});

describe("a mail server that is down", () => {
  const down: NoticesOptions["notify"] = async () => {
    throw Object.assign(new Error("connect 10.0.0.1, ann@example.com"), { code: "ECONNREFUSED" });
  };

  test("postpones a notice, longer each time, and another instance sends it later", async () => {
    const first = start({ notify: down });
    first.tell(told());
    await first.flush();
    expect(events).toMatchObject([{ event: "notice.postponed", reason: "ECONNREFUSED" }]);
    clock += 30_000;
    await first.flush();
    expect(events).toHaveLength(1);
    clock += 31_000;
    await first.flush();
    expect(events).toHaveLength(2);
    clock += 2 * 60_000;
    await first.flush();
    expect(events).toHaveLength(2);
    clock += 4 * 60_000;
    await start({ storage: again }).flush();
    expect(sent).toHaveLength(1);
  });

  test("for three days fails a notice for good, and says so once without the address", async () => {
    const notices = start({ notify: down });
    notices.tell(told());
    await notices.flush();
    for (let tries = 0; tries < 40; tries += 1) {
      clock += 6 * hour;
      await notices.flush();
    }
    expect(names().filter((name) => name === "notice.failed")).toHaveLength(1);
    expect(JSON.stringify(events)).not.toContain("ann@example.com");
    expect(sent).toEqual([]);
  });
});

test("a notice to an account that has a name in the place of an address fails once, and no mail server hears of it", async () => {
  const catcher = await startMailCatcher("takes");
  const notify = await createMailer({ url: catcher.url, from: "Example <no-reply@example.com>" });
  const notices = start({ notify });
  notices.tell(told({ to: ["postmaster"] }));
  await notices.flush();
  clock += 6 * hour;
  await notices.flush();
  expect(events).toMatchObject([{ event: "notice.failed", reason: "no-address" }]);
  expect(catcher.heard()).toBe("");
  catcher.close();
});

describe("a mail server that hangs", () => {
  test("delays neither the report nor the stop, and the notice stays for another instance", async () => {
    let hung = 0;
    const hanging = start({
      notify: () => {
        hung += 1;
        return new Promise(() => {});
      },
      deadlineMs: 60_000,
    });
    hanging.tell(told());
    await expect.poll(() => hung).toBe(1);
    await hanging.close();
    clock += hour;
    await start({ storage: again }).flush();
    expect(sent).toHaveLength(1);
  }, 15_000);

  test("is given up after the deadline, and is told to stop", async () => {
    let aborted = false;
    const hanging = start({
      notify: (_, signal) => {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
        return new Promise(() => {});
      },
      deadlineMs: 50,
    });
    hanging.tell(told());
    await hanging.flush();
    expect(aborted).toBe(true);
    expect(events).toMatchObject([{ event: "notice.postponed", reason: "timeout" }]);
  });

  test("and takes the mail after the deadline all the same sends it once", async () => {
    const late = gate();
    const slow = start({
      notify: async (notice) => {
        await late.opened;
        sent.push(notice);
      },
      deadlineMs: 50,
    });
    slow.tell(told());
    await slow.flush();
    late.open();
    await expect.poll(names).toEqual(["notice.postponed", "notice.sent"]);
    clock += hour;
    await start().flush();
    expect(sent).toHaveLength(1);
  });
});

test("notices of one kind to one user are twenty a day, and do not use up those of another kind", async () => {
  const notices = start();
  const { userId, to } = told();
  for (let count = 0; count < 25; count += 1) {
    notices.tell(told({ userId, to, kind: "new_browser" }));
    await notices.flush();
  }
  notices.tell(told({ userId, to, kind: "passkey_added" }));
  await notices.flush();
  expect(sent.filter(({ kind }) => kind === "new_browser")).toHaveLength(20);
  expect(sent.filter(({ kind }) => kind === "passkey_added")).toHaveLength(1);
  expect(events.filter(({ event }) => event === "notice.failed")).toHaveLength(5);
});

test("what was to be sent to a user who is forgotten is not sent", async () => {
  const notices = start();
  const one = told({ delaySeconds: 60 });
  notices.tell(one);
  await notices.flush();
  await notices.forget(one.userId);
  clock += hour;
  await notices.flush();
  expect(sent).toEqual([]);
});

test("the stop sends what was told just before", async () => {
  const notices = start();
  notices.tell(told());
  await notices.close();
  expect(sent).toHaveLength(1);
});

describe("a link", () => {
  const url = "https://app.example.com/auth/not-me";

  async function tokenOf(notices: KeptNotices, changes: Partial<Told> = {}): Promise<string> {
    notices.tell(told(changes));
    await notices.flush();
    return String(sent.at(-1)?.notMeUrl).replace(`${url}?token=`, "");
  }

  test("says what it is about, for a week, also after the secret was rotated", async () => {
    const notices = start({ link: { url, secret } });
    const token = await tokenOf(notices, { userId: "ann", passkeyId: "p-1" });
    const rotated = start({ link: { url, secret: [`new ${secret}`, secret] } });
    expect(rotated.readLink(token)).toMatchObject({ userId: "ann", kind: "passkey_added", passkeyId: "p-1" });
    clock += 7 * 24 * hour;
    expect(notices.readLink(token)).toBeNull();
  });

  test.each<[string, (token: string) => string]>([
    ["nothing", () => ""],
    ["no signature", (token) => String(token.split(".")[0])],
    ["an empty signature", (token) => `${token.split(".")[0]}.`],
    ["a changed signature", (token) => `${token.slice(0, -2)}AA`],
    ["a third part", (token) => `${token}.x`],
    [
      "another user",
      (token) => {
        const [payload = "", signature] = token.split(".");
        const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
        return `${Buffer.from(JSON.stringify({ ...claims, u: "bob" })).toString("base64url")}.${signature}`;
      },
    ],
  ])("with %s is no link", async (_, change) => {
    const notices = start({ link: { url, secret } });
    const token = await tokenOf(notices);
    expect(notices.readLink(token)).not.toBeNull();
    expect(notices.readLink(change(token))).toBeNull();
  });

  test("signed with another secret is no link, and none is read where none are made", async () => {
    const token = await tokenOf(start({ link: { url, secret } }));
    expect(start({ link: { url, secret: `other ${secret}` } }).readLink(token)).toBeNull();
    expect(start().readLink(token)).toBeNull();
  });
});

test.each<[string, Partial<NoticesOptions>, string]>([
  [
    "a storage without the table",
    { storage: { notices: null, limiter: () => never() } },
    "tables: { notices: true }",
  ],
  ["a short secret", { link: { url: "https://a.example", secret: "short" } }, "at least 32 characters"],
  ["no secret", { link: { url: "https://a.example", secret: [] } }, "at least 32 characters"],
  ["a path", { link: { url: "/auth/not-me", secret } }, "a whole address"],
  ["an address with a query", { link: { url: "https://a.example/?a=b", secret } }, "a whole address"],
])("createNotices refuses %s", (_, options, sentence) => {
  expect(() => start(options)).toThrow(sentence);
});

function never(): never {
  throw new Error("No limiter is asked for.");
}
