import { expect, test } from "vitest";
import { routes } from "../../../shared/routes.ts";
import { startLab } from "../lab.ts";

const session = `/api${routes.getSession.path}`;

test.each([
  { trustProxy: 0, forwarded: "https", fix: /set TRUST_PROXY/ },
  { trustProxy: 1, forwarded: null, fix: /does not send X-Forwarded-Proto/ },
])(
  "An https app that receives http (trusted proxies: $trustProxy) logs the fix once",
  async ({ trustProxy, forwarded, fix }) => {
    const lab = await startLab({ origin: "https://app.example.com", trustProxy });
    try {
      for (let index = 0; index < 3; index++) {
        const request = lab.agent().get(session);
        await (forwarded === null ? request : request.set("X-Forwarded-Proto", forwarded)).expect(200);
      }
      const warnings = lab.logs().filter((line) => line.includes("proxy.misconfigured"));
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(fix);
    } finally {
      await lab.close();
    }
  },
);

test("An https app behind a correct proxy logs no warning", async () => {
  const lab = await startLab({ origin: "https://app.example.com", trustProxy: 1 });
  try {
    await lab.agent().get(session).set("X-Forwarded-Proto", "https").expect(200);
    expect(lab.logs().filter((line) => line.includes("proxy.misconfigured"))).toEqual([]);
  } finally {
    await lab.close();
  }
});
