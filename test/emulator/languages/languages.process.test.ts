/** Suites in other languages, run as their teams run them: in a process of their own beside the emulator. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { defaultTenant, startEmulator } from "../../../server/emulator/index.ts";

const run = promisify(execFile);
const recipe = (path: string) => fileURLToPath(new URL(`../../recipes/${path}`, import.meta.url));

/** Runs a command with the environment that `authsignal-emulator exec` gives it. */
async function beside(command: string, ...args: readonly string[]) {
  await using emulator = await startEmulator({
    tenants: [
      {
        tenantId: defaultTenant.tenantId,
        secrets: [defaultTenant.secret],
        rpId: "localhost",
        expectedOrigins: ["http://localhost:3000"],
      },
    ],
  });
  return await run(command, [...args], {
    env: {
      PATH: process.env.PATH,
      PYTHONDONTWRITEBYTECODE: "1",
      AUTHSIGNAL_TENANT_ID: defaultTenant.tenantId,
      AUTHSIGNAL_API_SECRET_KEY: defaultTenant.secret,
      AUTHSIGNAL_API_URL: emulator.apiUrl,
      AUTHSIGNAL_EMULATOR_URL: emulator.url,
    },
  });
}

test("a shell script with curl signs a passkey up and in, and sees why a bent one is refused", async () => {
  const { stdout } = await beside("sh", recipe("curl/passkeys.sh"));
  expect(stdout.match(/"isValid":true/g)).toHaveLength(2);
  expect(stdout).toContain("is not among the tenant's expected origins: http://localhost:3000");
});

test("a Python suite of the standard library tests passkeys and codes", async () => {
  const { stderr } = await beside("python3", recipe("python/test_passkeys.py"));
  expect(stderr).toMatch(/Ran 4 tests[\s\S]*\nOK/);
});

test("the calls of the Python SDK, written by hand, get answers that the SDK takes", async () => {
  const calls = fileURLToPath(new URL("./python_sdk_calls.py", import.meta.url));
  const { stderr } = await beside("python3", calls);
  expect(stderr).toMatch(/Ran 5 tests[\s\S]*\nOK/);
});
