import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startEmulator } from "../../../server/emulator/index.ts";
import { secret, secretAuthorization, send, tenantId, testTenant } from "../running-emulator.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

test("an emulator whose file can take no more says so in each answer, and loses nothing that it acknowledged", async () => {
  const directory = await mkdtemp(join(tmpdir(), "emulator-full-"));
  const data = join(directory, "emulator.db");
  // No file of this process may grow beyond 300 KiB, which is what a full disk is to it.
  const limited = "ulimit -S -f 600; trap '' XFSZ; exec \"$@\"";
  const options = ["--port", "0", "--json", "--data", data, "--tenant-id", tenantId, "--secret", secret];
  const cli = ["--import", "tsx", "server/emulator/cli.ts", ...options];
  const child = spawn("sh", ["-c", limited, "sh", process.execPath, ...cli], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url }: { readonly url: string } = JSON.parse(line);
  const health = () => send(`${url}/emulator/health`);
  expect(await health()).toMatchObject({ status: 200, body: { isReady: true } });
  const long = "x".repeat(4000);
  const acknowledged: string[] = [];
  let writes = 0;
  const write = async () => {
    writes += 1;
    const userId = `user-${writes}`;
    const answer = await send(`${url}/v1/users/${userId}`, {
      method: "PATCH",
      headers: { authorization: secretAuthorization(secret) },
      body: JSON.stringify({ custom: { long } }),
    });
    if (answer.status === 200) acknowledged.push(userId);
    return answer;
  };

  const other = `${url}/emulator/tenants/11111111-1111-4111-8111-111111111111`;
  const settings = { secrets: ["secret of the other"], rpId: "localhost", expectedOrigins: [url] };
  await send(other, { method: "PUT", body: JSON.stringify(settings) });
  const authorization = secretAuthorization("secret of the other");
  const user = { method: "PATCH", headers: { authorization }, body: JSON.stringify({ custom: { long } }) };
  expect((await send(`${url}/v1/users/one`, user)).status).toBe(200);

  let answer = await write();
  while (answer.status === 200 && writes < 500) answer = await write();
  expect(answer.status).toBe(500);
  const sentence = `${data} cannot be written: `;
  expect(answer.body.errorDescription).toContain(sentence);
  expect((await write()).body.errorDescription).toContain(sentence);
  expect(await health()).toMatchObject({
    status: 503,
    body: { isReady: false, problem: expect.stringContaining(sentence) },
  });
  const journal = await fetch(`${url}/emulator/journal?refused=true`);
  expect(await journal.text()).toContain(sentence);

  const limitTo = (size: string) =>
    promisify(execFile)("prlimit", ["--pid", String(child.pid), `--fsize=${size}:`]);
  // A deletion takes less than a write, and may still find room.
  await limitTo("0");
  const remove = async () => (await fetch(other, { method: "DELETE" })).status;
  expect(await remove()).toBe(500);

  await limitTo("unlimited");
  expect(await health()).toMatchObject({ status: 200, body: { isReady: true } });
  expect((await write()).status).toBe(200);
  // A deletion that failed can be repeated.
  expect([await remove(), await remove()]).toEqual([200, 404]);
  child.kill("SIGTERM");
  await once(child, "exit");

  await using restarted = await startEmulator({ data, tenants: [testTenant()] });
  for (const userId of acknowledged) {
    const headers = { authorization: secretAuthorization(secret) };
    const { body } = await send(`${restarted.apiUrl}/users/${userId}`, { headers });
    expect(body.custom).toEqual({ long });
  }
  await rm(directory, { recursive: true, force: true });
});
