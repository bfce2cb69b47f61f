/** A process to be killed: writes through a real emulator without pause, and prints each user id once it is acknowledged. */
import { startEmulator } from "../../../server/emulator/index.ts";
import { secret, secretAuthorization, testTenant } from "../running-emulator.ts";

const [, , data = "", prefix = ""] = process.argv;
const emulator = await startEmulator({ data, tenants: [testTenant()] });

for (let at = 0; ; at += 1) {
  const userIds = Array.from({ length: 4 }, (_, lane) => `${prefix}-${at}-${lane}`);
  await Promise.all(
    userIds.map(async (userId) => {
      const answer = await fetch(`${emulator.apiUrl}/users/${userId}`, {
        method: "PATCH",
        headers: { authorization: secretAuthorization(secret) },
        body: JSON.stringify({ email: `${userId}@example.com` }),
      });
      if (answer.ok) process.stdout.write(`${userId}\n`);
    }),
  );
}
