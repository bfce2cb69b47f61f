import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import type { INestApplication } from "@nestjs/common";
import {
  createClientApi,
  createSoftAuthenticator,
  type EmulatorFor,
  guardSuite,
  startEmulatorFor,
} from "authsignal-emulator/testing";
import { createApp } from "./nest-app";

guardSuite(afterEach);

const origin = "https://shop.example.com";
let kit: EmulatorFor;
let app: INestApplication;
let url: string;
beforeAll(async () => {
  kit = await startEmulatorFor({ origin });
  app = await createApp(kit.authsignal);
  await app.listen(0, "127.0.0.1");
  url = await app.getUrl();
});
afterAll(async () => {
  await app?.close();
  await kit?.close();
});

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return (answer.ok ? await answer.json() : answer.status) as Answer;
}

test("a passkey signs in, and only for its action", async () => {
  const browser = createClientApi({ ...kit.browser, origin, authenticator: createSoftAuthenticator() });
  const { token } = await post<{ token: string }>("/passkeys/token", { userId: "ada" });
  await browser.signUp({ token });
  const signedIn = await browser.signIn({ action: "sign-in" });
  expect(await post("/sign-in", { token: signedIn })).toEqual({ userId: "ada" });
  const paid = await browser.signIn({ action: "pay" });
  expect(await post("/sign-in", { token: paid })).toBe(401);
});
