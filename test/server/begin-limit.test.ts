import { afterAll, expect, test } from "vitest";
import { actions } from "../../shared/actions.ts";
import { routes } from "../../shared/routes.ts";
import { startLab } from "./lab.ts";

const lab = await startLab({ policies: { limits: { beginsPerUser: { points: 3, seconds: 900 } } } });
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

test("a person begins only so many enrollments and step-ups, from wherever; others are not affected", async () => {
  const eager = await lab.person("passkey");
  const other = await lab.person("passkey");
  const enroll = (who: typeof eager) => who.agent.post(`/api${routes.createEnrollToken.path}`).send({});
  const stepUp = (who: typeof eager) =>
    who.agent.post(`/api${routes.createStepUpToken.path}`).send({ action: actions.managePasskeys });

  // The enrollment that made the passkey was the first.
  await enroll(eager).expect(200);
  await stepUp(eager).expect(200);
  for (const refused of [await enroll(eager), await stepUp(eager)]) {
    expect(refused.status).toBe(429);
    expect(refused.body.code).toBe("rate_limited");
    expect(Number(refused.get("Retry-After"))).toBeGreaterThan(0);
  }
  await enroll(other).expect(200);
});
