import { type DOMWindow, JSDOM } from "jsdom";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newUserId, runEmulator } from "../running-emulator.ts";

const running = runEmulator();
let page: JSDOM;

beforeEach(async () => {
  page = await JSDOM.fromURL(running.emulator.url, {
    runScripts: "dangerously",
    // The page does not refresh while it is hidden.
    pretendToBeVisual: true,
    resources: "usable",
    beforeParse(window: DOMWindow) {
      // jsdom has no fetch; the page's requests are relative to itself.
      window.fetch = (path, init) => fetch(new URL(String(path), running.emulator.url), init);
    },
  });
});
afterEach(() => page.window.close());

/** Resolves as soon as the page shows the text, which it fetches by itself. */
function shown(section: string, text: string): Promise<string> {
  const { document, MutationObserver } = page.window;
  const place = document.querySelector(`#${section}`);
  return new Promise((resolve) => {
    const look = () => {
      const content = place?.textContent ?? "";
      if (!content.includes(text)) return;
      observer.disconnect();
      resolve(content);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  });
}

test("the page shows a new code without a reload", async () => {
  await shown("messages", "No message yet");
  await running.authsignal.challenge({
    verificationMethod: "EMAIL_OTP",
    action: "sign-in",
    email: "page@example.com",
  });
  expect(await shown("messages", "page@example.com")).toContain(running.code("page@example.com"));
});

test("the page shows users, their passkeys, the states of actions, and the reasons of errors", async () => {
  const userId = newUserId();
  await running.client().signUp({ token: await running.track(userId) });
  await expect(
    running.client().signUp({ token: await running.track(newUserId()), fault: { rpId: "evil.example" } }),
  ).rejects.toThrow();
  await shown("users", "PASSKEY");
  expect(await shown("actions", userId)).toContain("CHALLENGE_SUCCEEDED");
  await shown("journal", "another RP ID");
});

test("the page never turns data into markup", async () => {
  const userId = "<img src=x onerror=alert(1)>";
  await running.authsignal.updateUser({ userId: encodeURIComponent(userId), attributes: { email: userId } });
  await shown("users", userId);
  expect(page.window.document.querySelector("img")).toBeNull();
});

test("the page's buttons add a fault and move the clock", async () => {
  const { document } = page.window;
  await shown("faults", "No fault is set");
  document.querySelector("#add-fault")?.dispatchEvent(new page.window.Event("submit", { cancelable: true }));
  await shown("faults", "answers 500");
  expect(running.emulator.faults()).toMatchObject([{ path: "/v1/*", status: 500 }]);
  document.querySelector<HTMLButtonElement>('[data-clock*="freeze"]')?.click();
  await shown("clock", "frozen");
  expect(running.emulator.clock.frozen).toBe(true);
});
