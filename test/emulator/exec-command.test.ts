import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "../../server/emulator/exec-command.ts";
import { startEmulator } from "../../server/emulator/index.ts";
import { type Listening, listen } from "../kit/listen.ts";

let proxied = 0;
let proxy: Listening;
beforeAll(async () => {
  proxy = await listen((_request, response) => {
    proxied += 1;
    response.writeHead(502).end();
  });
});
afterAll(() => proxy.close());

const tenant = {
  tenantId: "t",
  secrets: ["emulator-test-secret"],
  rpId: "localhost",
  expectedOrigins: ["http://localhost"],
};

test.each(["HTTP_PROXY", "http_proxy"])(
  "a command that exec runs reaches the emulator past the proxy of %s, and keeps its own exceptions",
  async (variable) => {
    await using emulator = await startEmulator({ tenants: [tenant] });
    const script = `
      import { Authsignal } from "@authsignal/node";
      const { AUTHSIGNAL_API_SECRET_KEY: apiSecretKey, AUTHSIGNAL_API_URL: apiUrl, NO_PROXY = "" } = process.env;
      const { isEnrolled } = await new Authsignal({ apiSecretKey, apiUrl, retries: 0 }).getUser({ userId: "u" });
      process.exitCode = isEnrolled === false && NO_PROXY.split(",")[0] === "internal.example" ? 0 : 1;`;
    const command = [process.execPath, "--input-type=module", "--eval", script];
    const environment = {
      ...process.env,
      [variable]: proxy.url,
      no_proxy: undefined,
      NO_PROXY: "internal.example",
    };
    expect(await runCommand(command, emulator, { tenants: [tenant] }, environment)).toBe(0);
    expect(proxied).toBe(0);
  },
);
