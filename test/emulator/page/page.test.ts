import { type DOMWindow, JSDOM } from "jsdom";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newUserId, origin, runEmulator, tenantId, testTenant } from "../running-emulator.ts";

const running = runEmulator();
let page: JSDOM;

beforeEach(async () => {
  running.emulator.reset();
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
  await running.authsignal.updateUser({
    userId: encodeURIComponent(userId),
    attributes: { username: userId },
  });
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

function submit(selector: string): void {
  page.window.document
    .querySelector(selector)
    ?.dispatchEvent(new page.window.Event("submit", { cancelable: true, bubbles: true }));
}

function write(selector: string, value: string): void {
  const field = page.window.document.querySelector<HTMLInputElement | HTMLTextAreaElement>(selector);
  if (field === null) throw new Error(`The page has no ${selector}.`);
  field.value = value;
}

test("the page shows what an app is configured with: tenant, RP ID, origins and API URL", async () => {
  const shownText = await shown("tenants", running.emulator.apiUrl);
  for (const text of [tenantId, "localhost", origin]) expect(shownText).toContain(text);
});

test("the page names the tenant of each row, and shows one tenant alone when it is chosen", async () => {
  running.emulator.addTenant({ ...testTenant(), tenantId: "second", secrets: ["emulator-second"] });
  running.emulator.seed({ users: [{ userId: "of-second" }] }, "second");
  expect(await shown("users", "of-second")).toContain("Tenant");
  const select = page.window.document.querySelector<HTMLSelectElement>("#tenant");
  if (select === null) throw new Error("The page lists no tenants to choose from.");
  select.value = "second";
  select.dispatchEvent(new page.window.Event("change"));
  await expect.poll(() => page.window.document.querySelector("#users")?.textContent).not.toContain("Tenant");
  expect(await shown("users", "of-second")).not.toContain("user-");
  running.emulator.removeTenant("second");
});

test("the page seeds, fixes a code, and resets", async () => {
  await shown("tenants", tenantId);
  write("#seed-text", '{ "users": [{ "userId": "from-the-page", "email": "seeded@example.com" }] }');
  submit("#seed");
  await shown("users", "from-the-page");
  write("#fix-code [name=code]", "000042");
  write("#fix-code [name=to]", "seeded@example.com");
  submit("#fix-code");
  await expect.poll(() => JSON.stringify(running.emulator.exportState())).toContain("000042");
  await running.authsignal.challenge({
    verificationMethod: "EMAIL_OTP",
    action: "sign-in",
    email: "seeded@example.com",
  });
  await shown("messages", "000042");
  page.window.document.querySelector<HTMLButtonElement>("#reset")?.click();
  await shown("users", "No user yet");
  expect(page.window.document.querySelector("#state a")?.getAttribute("href")).toBe("/emulator/state");
});

test("the page says what is wrong with a seed", async () => {
  await shown("tenants", tenantId);
  write("#seed-text", '{ "user": [] }');
  submit("#seed");
  await expect
    .poll(() => page.window.document.querySelector("#connection")?.textContent)
    .toContain('"user" is not known');
});
