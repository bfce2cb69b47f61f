import { afterAll, expect, test } from "vitest";
import { features } from "../../../shared/features.ts";
import { operations } from "../../../shared/operations.ts";
import { problemCodes } from "../../../shared/problem.ts";
import { routes } from "../../../shared/routes.ts";
import { startStack } from "../../kit/start-stack.ts";
import { startLab } from "../lab.ts";

// With every operation that a policy adds.
const stack = await startStack({ policies: { afterCode: "limited" } });
afterAll(() => stack.close());

test("the API describes itself in OpenAPI 3.1, operation by operation", async () => {
  const lab = await startLab({ notify: async () => {}, policies: { afterCode: "limited" } });
  const { body } = await lab.agent().get("/api/openapi.json").expect(200);
  await lab.close();
  expect(body.openapi).toBe("3.1.0");
  expect(body.servers).toEqual([{ url: "/api" }]);
  for (const [name, { method, path }] of Object.entries(routes)) {
    const operation = body.paths[path.replace(":id", "{id}")][method.toLowerCase()];
    expect(operation.operationId).toBe(name);
  }
});

test.each([
  ["the app with every policy", { notify: async () => {}, policies: { afterCode: "limited" } }, 8],
  ["a host with the least options", { host: {} }, 4],
] as const)(
  "GET /config of %s names the optional parts that answer and are described",
  async (_, has, count) => {
    const lab = await startLab(has);
    const named: readonly string[] = (await lab.agent().get("/api/config").expect(200)).body.features;
    const { paths } = (await lab.agent().get("/api/openapi.json").expect(200)).body;
    expect(named).toHaveLength(count);
    for (const [part, names] of Object.entries(features)) {
      for (const name of names) {
        const { method, path } = routes[name];
        const answer = await fetch(`${lab.url}/api${path}`, { method, headers: { Origin: lab.origin } });
        const isThere = named.includes(part);
        expect([name, answer.status !== 404]).toEqual([name, isThere]);
        const described = paths[path.replace(":id", "{id}")]?.[method.toLowerCase()];
        expect([name, described !== undefined]).toEqual([name, isThere]);
      }
    }
    await lab.close();
  },
);

test("every problem code is described somewhere", () => {
  const described = new Set<string>(Object.values(operations).flatMap(({ problems }) => problems));
  const common = ["cross_site_request", "malformed_json", "payload_too_large", "unsupported_media_type"];
  const elsewhere = ["internal_error", "not_found"];
  expect(
    problemCodes.filter((code) => ![...common, ...elsewhere].includes(code) && !described.has(code)),
  ).toEqual([]);
});

test("an answer that is not as described fails the suite that meets it", async () => {
  // The description says 202 for this route: the check itself must be able to fail.
  await expect(stack.agent().post("/api/otp/challenge").send({ email: "x" })).resolves.toMatchObject({
    status: 400,
  });
  const { checkContract } = await import("../../kit/contract-check.ts");
  const faults: unknown[] = [];
  const pretended = {
    method: "GET",
    url: `${stack.origin}/api/session`,
    expect: (check: unknown) => faults.push(check),
  };
  checkContract("/api")(Object.assign(stack.agent().get("/api/session"), pretended));
  const [check] = faults;
  expect(typeof check).toBe("function");
  if (typeof check === "function") {
    expect(() => check({ status: 200, text: "{}", body: { user: null, secret: "s" } })).toThrow(/secret/);
    expect(() => check({ status: 418, text: "", body: {} })).toThrow(/neither/);
  }
});
