/** Whether an instance can serve, and nothing else, decides whether it gets traffic. */

import express from "express";
import { CompiledQuery } from "kysely";
import request from "supertest";
import { expect, test } from "vitest";
import { createMetrics } from "../../../server/app/metrics.ts";
import { createReadiness } from "../../../server/app/readiness.ts";
import { createProbe } from "../../../server/storage/probe.ts";
import { api } from "../../kit/flows.ts";
import { listen } from "../../kit/listen.ts";
import { openTestStorage } from "../../kit/test-storage.ts";
import { faults } from "../authsignal/authsignal-line.ts";
import { type Lab, startLab } from "../lab.ts";
import { openStorageLines } from "../storage/storage-lines.ts";

const hasPostgres = process.env.TEST_DATABASE_URL !== undefined;

const ready = { status: "ready", checks: { storage: "ok", authsignal: "ok" } };

async function withLab(run: (lab: Lab) => Promise<void>, options = {}): Promise<void> {
  const lab = await startLab(options);
  try {
    await run(lab);
  } finally {
    await lab.close();
  }
}

test("Readiness is 200 while the storage can be reached, and 503 otherwise", async () => {
  const lab = await startLab();
  const agent = lab.agent();
  await agent.get("/healthz").expect(200, { status: "ok" });
  await agent.get("/readyz").expect(200, ready);
  await lab.storage.close();
  const { body, headers } = await agent.get("/readyz").expect(503);
  expect(body).toEqual({
    status: "unavailable",
    checks: { storage: "unavailable", authsignal: "ok" },
    code: "upstream_unavailable",
  });
  expect(headers["retry-after"]).toBe("5");
  await agent.get("/healthz").expect(200);
  expect(lab.logs().filter((line) => line.includes("readiness.changed"))).toHaveLength(1);
  await lab.close().catch(() => {});
});

async function breakAuthsignal(lab: Lab): Promise<void> {
  lab.line.fail(faults["answers 500"]);
  for (let round = 0; round < 5; round += 1)
    await lab.agent().post(api("challengeOtp")).send({ email: lab.newAddress() }).expect(503);
}

test("An outage of Authsignal leaves an instance ready, and its first request after the outage works", () =>
  withLab(async (lab) => {
    const { agent, authenticator, user } = await lab.person("passkey");
    const balancer = lab.agent();
    await breakAuthsignal(lab);
    const during = await balancer.get("/readyz").expect(200);
    expect(during.body).toEqual({ status: "ready", checks: { storage: "ok", authsignal: "unavailable" } });
    const refused = await agent.get(api("listPasskeys")).expect(503);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);

    // Authsignal is back, and nothing is asked of it but by the first person.
    lab.line.fail(null);
    const before = lab.line.calls().length;
    const stateNow = async () => (await balancer.get("/readyz").expect(200)).body.checks.authsignal;
    await expect.poll(stateNow, { interval: 250 }).toBe("unknown");
    expect(lab.line.calls().slice(before)).toEqual([]);
    expect(await lab.signInWithPasskey(lab.agent(), authenticator)).toEqual(user);
    await balancer.get("/readyz").expect(200, ready);
  }));

test("Only one call tries Authsignal after an outage, and the others are answered at once", () =>
  withLab(async (lab) => {
    const { agent } = await lab.person();
    await breakAuthsignal(lab);
    const balancer = lab.agent();
    const stateNow = async () => (await balancer.get("/readyz").expect(200)).body.checks.authsignal;
    await expect.poll(stateNow, { interval: 250 }).toBe("unknown");
    let answer = (): void => {};
    const reached = new Promise<void>((resolve) => {
      lab.line.fail(({ response, forward }) => {
        answer = () => void forward().then(({ body }) => response.end(body));
        resolve();
      });
    });
    const trial = Promise.resolve(agent.get(api("listPasskeys")));
    await reached;
    const before = lab.line.calls().length;
    for (let round = 0; round < 5; round += 1) await agent.get(api("listPasskeys")).expect(503);
    expect(lab.line.calls().slice(before)).toEqual([]);
    answer();
    expect((await trial).status).toBe(200);
    lab.line.fail(null);
    await agent.get(api("listPasskeys")).expect(200);
  }));

test("The metrics show the state of Authsignal and of the storage without traffic", () =>
  withLab(async (lab) => {
    const metrics = await createMetrics("/api");
    let state: "ok" | "unavailable" | "unknown" = "ok";
    metrics.watch({ storage: lab.storage, authsignal: { state: () => state } });
    const app = express().get("/metrics", metrics.page);
    const page = async () => (await request(app).get("/metrics").expect(200)).text;
    expect(await page()).toMatch(/authsignal_state{state="ok"} 1[\s\S]*storage_available 1/);
    state = "unavailable";
    expect(await page()).toMatch(/authsignal_state{state="ok"} 0\nauthsignal_state{state="unavailable"} 1/);
  }));

test("Many probes share one check, and its outcome is kept for a second", async () => {
  let checks = 0;
  let finish = (): void => {};
  const probe = createProbe(() => {
    checks += 1;
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  const asked = Array.from({ length: 20 }, () => probe.ping());
  finish();
  await Promise.all([...asked, probe.ping()]);
  expect(checks).toBe(1);
});

test("A check that hangs is answered after two seconds, and no second one starts beside it", async () => {
  let checks = 0;
  const probe = createProbe(() => {
    checks += 1;
    return new Promise(() => {});
  });
  await expect(probe.ping()).rejects.toThrow(/2000 ms/);
  await expect(probe.ping()).rejects.toThrow(/2000 ms/);
  expect(checks).toBe(1);
});

test("A check that hangs after a good one is answered at once: ready for two seconds, and then unready", async () => {
  let hang = false;
  const probe = createProbe(() => (hang ? new Promise(() => {}) : Promise.resolve()));
  await probe.ping();
  hang = true;
  const before = performance.now();
  const state = () => probe.ping().then(() => "ready", String);
  const slowest = async (): Promise<string> => {
    const asked = performance.now();
    const answer = await state();
    // Far below the two seconds that the check may take.
    expect(performance.now() - asked).toBeLessThan(1000);
    return answer;
  };
  await expect.poll(slowest, { interval: 100 }).toMatch(/2000 ms/);
  expect(performance.now() - before).toBeGreaterThan(2000);
});

test("A storage that goes silent before the first probe costs it no more than the others, and is found out after two seconds", async () => {
  const probe = createProbe(() => new Promise(() => {}));
  const log = { info: () => {}, error: () => {} };
  const authsignal = { state: () => "ok" as const };
  const app = express().get(
    "/readyz",
    createReadiness({ storage: probe, authsignal, log, hasAnswered: true }),
  );
  const { url, close } = await listen(app);
  try {
    const waits: number[] = [];
    const ask = async (): Promise<number> => {
      const before = performance.now();
      const { status } = await fetch(`${url}/readyz`);
      waits.push(performance.now() - before);
      return status;
    };
    expect(await ask()).toBe(200);
    await expect.poll(ask, { interval: 50 }).toBe(503);
    // Far below the two seconds of the check; a busy machine takes its time.
    expect(Math.max(...waits)).toBeLessThan(1000);
    expect(waits.length).toBeGreaterThan(2);
  } finally {
    await close();
  }
});

test("A missing table makes an instance unready", async () => {
  const storage = await openTestStorage(() => new Date());
  try {
    await storage.accounts.schema.dropTable("grants").execute();
    await expect(storage.ping()).rejects.toThrow(/grants/);
  } finally {
    await storage.close();
  }
});

test.each(hasPostgres ? [] : ["SQLite"])(
  "A %s file that cannot be written makes an instance unready",
  async () => {
    const storage = await openTestStorage(() => new Date());
    try {
      // As a full disk: what reads goes on, what writes fails.
      const full =
        "create trigger full before insert on passkeys_rate_limits begin select raise(abort, 'full'); end";
      await storage.accounts.executeQuery(CompiledQuery.raw(full));
      await expect(storage.ping()).rejects.toThrow(/full/);
    } finally {
      await storage.close();
    }
  },
);

test.each(hasPostgres ? ["PostgreSQL"] : [])(
  "A %s that has become a standby makes an instance unready",
  async () => {
    const lines = openStorageLines();
    const storage = await openTestStorage(() => new Date(), lines.options);
    const hand = await lines.database();
    try {
      await storage.ping();
      await hand.query(
        "do $$ begin execute format('alter database %I set default_transaction_read_only = on', current_database()); end $$",
      );
      lines.postgres()?.reset();
      await expect
        .poll(() => storage.ping().then(() => "ok", String), { interval: 250 })
        .toContain("read-only");
    } finally {
      await hand.close();
      await storage.close();
      await lines.close();
    }
  },
);

test.each(hasPostgres ? ["PostgreSQL"] : [])(
  "Abandoned probes while a table of %s is locked do not use up its connections",
  async () => {
    const lines = openStorageLines();
    const lab = await startLab({ storage: lines.options });
    const hand = await lines.database();
    try {
      const { agent } = await lab.person();
      await hand.whileLocked("grants", "access exclusive", async () => {
        const probes = Array.from({ length: 15 }, () =>
          fetch(`${lab.url}/readyz`, { signal: AbortSignal.timeout(300) }).catch(() => null),
        );
        await Promise.all(probes);
        await agent.get(api("getSession")).expect(200);
        await expect.poll(async () => (await agent.get("/readyz")).status).toBe(503);
      });
      await expect.poll(async () => (await agent.get("/readyz")).status, { interval: 250 }).toBe(200);
    } finally {
      await hand.close();
      await lab.close();
      await lines.close();
    }
  },
);

test.each(hasPostgres ? ["PostgreSQL"] : [])(
  "A connection to %s that goes silent makes an instance unready in time, and ready again afterwards",
  async () => {
    const lines = openStorageLines();
    const lab = await startLab({ storage: lines.options });
    try {
      const agent = lab.agent();
      await agent.get("/readyz").expect(200);
      lines.postgres()?.freeze();
      await expect.poll(async () => (await agent.get("/readyz")).status).toBe(503);
      lines.postgres()?.reset();
      await expect.poll(async () => (await agent.get("/readyz")).status, { interval: 250 }).toBe(200);
    } finally {
      await lab.close();
      await lines.close();
    }
  },
);
