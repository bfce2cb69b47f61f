/** The page warns before the session ends for want of a request. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { warnWhenIdle } from "../../client/app/idle-warning.ts";
import { newVisit } from "../../client/app/visit.ts";
import { noteServerTime } from "../../client/http/server-time.ts";
import { button, openPage } from "./page.ts";

const idleSeconds = 30 * 60;
const user = { id: "u", email: "jo@example.com" };
let life = new AbortController();
let asked = 0;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-01-01T00:00:00Z") });
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  life = new AbortController();
  asked = 0;
  openPage();
});
afterEach(() => {
  life.abort();
  vi.useRealTimers();
});

function watch(visit = { ...newVisit(), user, idleSeconds }) {
  noteServerTime(null);
  warnWhenIdle({
    visit,
    signal: life.signal,
    async askUser() {
      asked += 1;
      return visit.user;
    },
  });
  return visit;
}

const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);
const warning = () => document.querySelector("dialog")?.textContent ?? "";

test("Two minutes before the session ends, a dialog says so and counts down", async () => {
  watch();
  await minutes(27.5);
  expect(warning()).toBe("");
  await minutes(1);
  expect(warning()).toContain("will be signed out in 2 minutes");
  await minutes(1);
  expect(warning()).toContain("will be signed out in one minute");
  expect(asked).toBe(0);
});

test("The person stays signed in by one click, and typed text is kept", async () => {
  watch();
  const field = document.createElement("input");
  document.body.append(field);
  field.value = "half a name";
  await minutes(28.5);
  button("Stay signed in").click();
  await minutes(0);
  expect(asked).toBe(1);
  expect(warning()).toBe("");
  expect(field.value).toBe("half a name");
});

test("After the end, the page asks who is signed in", async () => {
  const visit = watch();
  await minutes(30);
  expect(asked).toBe(0);
  await minutes(0.5);
  expect(asked).toBeGreaterThan(0);
  expect(warning()).toBe("");
  visit.user.email = "";
});

test("An answer of the server, also to another tab, closes the warning and begins the time anew", async () => {
  watch();
  await minutes(28.5);
  expect(warning()).not.toBe("");
  const otherTab = new BroadcastChannel("passkeys.activity");
  otherTab.postMessage(Date.now());
  otherTab.close();
  vi.useRealTimers();
  await vi.waitFor(() => expect(warning()).toBe(""));
  expect(asked).toBe(0);
});

test.each([
  ["nobody is signed in", { ...newVisit(), user: null, idleSeconds }],
  ["the length of a session is not known", { ...newVisit(), user }],
])("Where %s, nothing is shown and nothing is asked", async (_, visit) => {
  noteServerTime(null);
  warnWhenIdle({ visit, signal: life.signal, askUser: () => Promise.reject(new Error("Asked.")) });
  await minutes(40);
  expect(warning()).toBe("");
});
