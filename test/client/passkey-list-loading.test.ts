/** What is announced while the list of passkeys loads. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mountPasskeyList } from "../../client/views/account/passkey-list.ts";
import { openPage } from "./page.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const status = () => document.getElementById("status")?.textContent;

function mountUnanswered(): () => void {
  const unanswered = () => new Promise<never>(() => {});
  const { dispose } = mountPasskeyList(openPage(), {
    canUsePasskeys: true,
    notice: null,
    passkeysHere: () => [],
    reviewSessions: () => {},
    canReviewSessions: () => true,
    canUseCodes: () => true,
    listPasskeys: unanswered,
    addPasskey: unanswered,
    renamePasskey: unanswered,
    deletePasskey: unanswered,
  });
  return dispose;
}

test("A list of passkeys that takes longer than a second is announced as loading", () => {
  mountUnanswered();
  vi.advanceTimersByTime(900);
  expect(status()).toBe("");
  vi.advanceTimersByTime(200);
  expect(status()).toBe("Loading your passkeys…");
});

test("A list of passkeys that is still loading is not announced after its view was left", () => {
  const leave = mountUnanswered();
  vi.advanceTimersByTime(900);
  leave();
  vi.advanceTimersByTime(5_000);
  expect(status()).toBe("");
});
