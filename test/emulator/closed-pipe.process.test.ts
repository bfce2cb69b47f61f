import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { defaultTenant } from "../../server/emulator/index.ts";

test("With `… | head` the command line goes on when the reader of its lines has gone", async () => {
  const entry = fileURLToPath(new URL("../../dist/server/emulator/cli.js", import.meta.url));
  if (!existsSync(entry)) throw new Error("The server is not built: run `npm run build`.");
  const child = spawn(process.execPath, [entry, "--port", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  const [line] = await once(child.stdout, "data");
  const url = /http:\/\/localhost:\d+/.exec(String(line))?.[0];
  child.stdout.destroy();
  const ask = () =>
    fetch(`${url}/v1/challenge`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${defaultTenant.secret}:`).toString("base64")}` },
      body: JSON.stringify({ verificationMethod: "EMAIL_OTP", action: "sign-in", email: "a@example.com" }),
    });
  for (let round = 0; round < 3; round += 1) expect((await ask()).status).toBe(200);
  child.kill("SIGTERM");
  expect((await closed)[0]).toBe(0);
});
