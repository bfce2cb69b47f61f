import { request } from "node:http";
import { expect, test } from "vitest";
import { notEmulated } from "../../../server/emulator/api/not-emulated.ts";
import { runEmulator, send } from "../running-emulator.ts";

const running = runEmulator();

test("every operation that is not emulated answers 501 with its name, to every caller", async () => {
  for (const { method, path, name } of notEmulated) {
    const url = `${running.emulator.apiUrl}${path.replaceAll(/[{}]/g, "")}?publicKey=key`;
    expect(await send(url, { method }), `${method} ${path}`).toMatchObject({
      status: 501,
      body: { error: "not_implemented", errorDescription: `The emulator does not implement ${name}.` },
    });
  }
});

test("a socket for QR codes is answered with 501 and a journal entry", async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
    request(
      { host: "127.0.0.1", port: running.emulator.port, path: "/ws-v1-challenge", headers },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    )
      .on("error", reject)
      .end();
  });
  expect(status).toBe(501);
  expect(running.emulator.journal({ operation: "open-socket" })).toHaveLength(1);
});
