import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { isProblem } from "../../../shared/problem.ts";
import { type OperationName, routes } from "../../../shared/routes.ts";
import { api } from "../../kit/flows.ts";
import { type Lab, type Person, startLab } from "../lab.ts";

let lab: Lab;
let person: Person;
beforeAll(async () => {
  lab = await startLab();
  person = await lab.person("passkey");
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  expect(lab.logs().filter((line) => line.includes('"internal_error"'))).toEqual([]);
  await lab.close();
});

/** The operations that read a body, each with one that is good. */
const bodies: [OperationName, Record<string, unknown>][] = [
  ["challengeOtp", { email: "somebody@example.com" }],
  ["verifyOtp", { code: "123456" }],
  ["createEnrollToken", {}],
  ["validate", { token: "token", action: actions.signInWithPasskey }],
  ["createStepUpToken", { action: actions.managePasskeys }],
  ["renamePasskey", { name: "Phone" }],
  ["answerPasskeyOffer", { answer: "not-now" }],
];
const names = bodies.map(([name]) => [name] as const);

function send(name: OperationName) {
  const { method } = routes[name];
  const path = api(name).replace(":id", "an-id");
  const { agent } = person;
  return { POST: agent.post, PATCH: agent.patch, PUT: agent.put, GET: agent.get, DELETE: agent.delete }[
    method
  ].call(agent, path);
}

describe("every operation with a body", () => {
  test.each(names)("%s refuses what is not JSON", async (name) => {
    const refused = await send(name).set("Content-Type", "application/json").send('{"email": ');
    expect([refused.status, refused.body.code]).toEqual([400, "malformed_json"]);
  });

  test.each(names)("%s refuses another media type", async (name) => {
    for (const type of [
      "application/x-www-form-urlencoded",
      "text/plain",
      "multipart/form-data; boundary=x",
    ]) {
      const refused = await send(name).set("Content-Type", type).send("email=somebody@example.com");
      expect([type, refused.status, refused.body.code]).toEqual([type, 415, "unsupported_media_type"]);
    }
  });

  test.each(names)("%s refuses a request without a body", async (name) => {
    const refused = await send(name);
    expect(refused.body.code).toBe("unsupported_media_type");
  });

  test.each(names)("%s refuses a body above 16 kB", async (name) => {
    const refused = await send(name).send({ [`x${"y".repeat(17 * 1024)}`]: 1 });
    expect([refused.status, refused.body.code]).toEqual([413, "payload_too_large"]);
  });

  test.each(names)("%s refuses a small body that inflates above 16 kB", async (name) => {
    const refused = await send(name)
      .set("Content-Type", "application/json")
      .set("Content-Encoding", "gzip")
      .serialize((body) => body)
      .send(gzipSync(JSON.stringify({ x: "y".repeat(10_000_000) })));
    expect([refused.status, refused.body.code]).toEqual([413, "payload_too_large"]);
  });

  test.each(names)("%s refuses an encoding that the body does not have", async (name) => {
    for (const encoding of ["gzip", "deflate", "br"]) {
      const refused = await send(name)
        .set("Content-Type", "application/json")
        .set("Content-Encoding", encoding)
        .serialize((body) => body)
        .send(Buffer.from('{"email":"somebody@example.com"}'));
      expect([encoding, refused.status, refused.body.code]).toEqual([encoding, 400, "malformed_json"]);
    }
  });

  test.each([
    ["an unknown encoding", { "Content-Encoding": "rot13" }],
    ["an unknown character set", { "Content-Type": "application/json; charset=ebcdic" }],
  ])("challengeOtp refuses %s", async (_, headers) => {
    const refused = await send("challengeOtp")
      .set({ "Content-Type": "application/json", ...headers })
      .send("{}");
    expect([refused.status, refused.body.code]).toEqual([415, "unsupported_media_type"]);
  });

  test.each(bodies)("%s refuses an unknown key and names it", async (name, body) => {
    const refused = await send(name).send({ ...body, admin: true });
    expect([refused.status, refused.body.code]).toEqual([400, "validation_failed"]);
    expect(refused.body.issues).toEqual([{ pointer: "", message: expect.stringContaining('"admin"') }]);
  });

  test.each(bodies)("%s refuses keys that would change a prototype", async (name, body) => {
    const good = JSON.stringify(body).slice(1, -1);
    const rest = good === "" ? "" : `, ${good}`;
    for (const key of ["__proto__", "constructor", "prototype"]) {
      const refused = await send(name)
        .set("Content-Type", "application/json")
        .send(`{"${key}": {"admin": true}${rest}}`);
      expect([key, refused.status, refused.body.code]).toEqual([key, 400, "validation_failed"]);
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("admin");
  });

  test.each(names)("%s refuses JSON that is not an object", async (name) => {
    for (const text of ["[]", "null", '"text"', "7", "true", `${"[".repeat(7000)}${"]".repeat(7000)}`]) {
      const refused = await send(name).set("Content-Type", "application/json").send(text);
      expect(refused.status).toBe(400);
      expect(["validation_failed", "malformed_json"]).toContain(refused.body.code);
    }
  });

  test.each(names)("%s refuses deep nesting in every member", async (name) => {
    const deep = `${'{"a":'.repeat(2000)}1${"}".repeat(2000)}`;
    const members = Object.keys(bodies.find(([other]) => other === name)?.[1] ?? {});
    for (const member of ["operation", ...members]) {
      const refused = await send(name).set("Content-Type", "application/json").send(`{"${member}": ${deep}}`);
      expect([refused.status, refused.body.code]).toEqual([400, "validation_failed"]);
    }
  });

  test.each(bodies)("%s refuses members of the wrong type", async (name, body) => {
    for (const member of Object.keys(body)) {
      for (const wrong of [null, 7, true, [], {}, ["somebody@example.com"], ""]) {
        const refused = await send(name).send({ ...body, [member]: wrong });
        expect([member, wrong, refused.status]).toEqual([member, wrong, 400]);
        expect(refused.body.issues[0].pointer).toMatch(new RegExp(`^/${member}`));
      }
    }
  });
});

describe("an address that is none", () => {
  test.each([
    "somebody",
    "@example.com",
    "somebody@",
    "some body@example.com",
    "somebody@example",
    "a@b@example.com",
    "somebody@example.com\r\nBcc: everybody@example.com",
    "somebody@example.com\u0000",
    "somebody@example.com,other@example.com",
    "<somebody@example.com>",
    "jos\u00e9@example.com",
    `${"x".repeat(250)}@example.com`,
  ])("The malformed address %j is refused and not repeated in the answer", async (email) => {
    const refused = await lab.agent().post(api("challengeOtp")).send({ email }).expect(400);
    expect(refused.body.code).toBe("validation_failed");
    expect(JSON.stringify(refused.body)).not.toContain(email.slice(0, 8));
  });

  test.each([
    "o'brien@example.com",
    "some+body@example.com",
    "some_body-1@sub.example.co.uk",
    "{some|body}@example.com",
    "SomeBody@Example.COM",
    "somebody@1and1.example",
    "somebody@xn--exmple-cua.example",
    "somebody@example.xn--p1ai",
    "  somebody@example.com ",
  ])("The unusual but valid address %j is accepted", async (email) => {
    await lab.agent().post(api("challengeOtp")).send({ email }).expect(202);
  });

  test("The longest valid e-mail address is accepted", async () => {
    const email = `${"x".repeat(64)}@${"y".repeat(63)}.${"y".repeat(63)}.${"y".repeat(55)}.com`;
    expect(email).toHaveLength(252);
    lab.keepSecret(email);
    await lab
      .agent("2001:db8:1234:5678:9abc:def0:1234:5678")
      .post(api("challengeOtp"))
      .send({ email })
      .expect(202);
  });
});

test.each(["", "12345", "123456789", "12345a", "１２３４５", "123456\u0000", "1".repeat(33), "-".repeat(6)])(
  "The malformed code %j is refused and does not count as an attempt",
  async (code) => {
    const agent = lab.agent();
    const email = lab.newAddress();
    await agent.post(api("challengeOtp")).send({ email }).expect(202);
    const refused = await agent.post(api("verifyOtp")).send({ code }).expect(400);
    expect(refused.body.code).toBe("validation_failed");
    const wrong = await agent.post(api("verifyOtp")).send({ code: "0000000" }).expect(401);
    expect(wrong.body.attemptsLeft).toBe(4);
  },
);

test.each(["", "a b", "a\nb", "a\u0000b", "é", "<script>", "x".repeat(8193)])(
  "The malformed result token %j never reaches Authsignal",
  async (token) => {
    const before = lab.line.calls().length;
    const refused = await lab
      .agent()
      .post(api("validate"))
      .send({ token, action: actions.signInWithPasskey });
    expect([refused.status, refused.body.code]).toEqual([400, "validation_failed"]);
    expect(lab.line.calls().slice(before)).toEqual([]);
  },
);

test.each([
  "",
  "a/b",
  "../x",
  "a b",
  "transfer-funds",
  "x".repeat(65),
  "sign-in-with-email",
  "enroll-passkey",
])("A step-up for the unknown action %j is refused without a request to Authsignal", async (action) => {
  const before = lab.line.calls().length;
  const refused = await person.agent.post(api("createStepUpToken")).send({ action });
  expect([refused.status, refused.body.code]).toEqual([400, "validation_failed"]);
  expect(lab.line.calls().slice(before)).toEqual([]);
});

describe("an id with", () => {
  const ids = [
    ["a slash", "a%2Fb"],
    ["a backslash", "a%5Cb"],
    ["dots", "%2e%2e"],
    ["dots and slashes", "..%2F..%2Fusers%2Fvictim"],
    ["a query", "x%3Fy=1"],
    ["a fragment", "x%23y"],
    ["NUL", "x%00y"],
    ["a line break", "x%0d%0ay"],
    ["double encoding", "%252e%252e"],
    ["a semicolon", ";x=1"],
    ["ten thousand characters", "x".repeat(10_000)],
    ["the name of an object's own members", "__proto__"],
    ["letters outside ASCII", "%F0%9F%94%91"],
  ];

  test.each(ids)("A passkey id with %s is not found", async (_, id) => {
    const before = lab.line.calls().length;
    const renamed = await person.agent.patch(`/api/passkeys/${id}`).send({ name: "Phone" });
    const deleted = await person.agent.delete(`/api/passkeys/${id}`);
    expect([renamed.status, renamed.body.code]).toEqual([404, "passkey_not_found"]);
    expect([deleted.status, deleted.body.code]).toEqual([404, "passkey_not_found"]);
    // Only the person's own list was asked for: no id from outside becomes part of a path.
    const list = `GET /users/${person.user.id}/authenticators`;
    expect(lab.line.calls().slice(before)).toEqual([list, list]);
  });

  test.each([
    ["a bare percent sign", "%"],
    ["half an escape", "%2"],
    ["an invalid escape", "%zz"],
    ["bytes that are not UTF-8", "%c3%28"],
    ["an overlong slash", "%c0%af"],
  ])("A passkey id that is %s is not found", async (_, id) => {
    for (const method of ["PATCH", "DELETE"]) {
      const answer = await raw(lab, method, `/api/passkeys/${id}`);
      expect([answer.status, await answer.json()]).toEqual([
        404,
        expect.objectContaining({ code: "not_found" }),
      ]);
    }
  });

  test("The router in a host's app throws not_found for such an id as its own error", async () => {
    const seen: unknown[] = [];
    const host = await startLab({
      host: {
        routes: (app) => {
          app.use((error: unknown, _req: unknown, _res: unknown, next: (error: unknown) => void) => {
            seen.push(error);
            next(error);
          });
        },
      },
    });
    try {
      expect((await raw(host, "DELETE", "/api/passkeys/%")).status).toBe(404);
      expect((await raw(host, "POST", api("verifyOtp"), { "Content-Encoding": "gzip" })).status).toBe(400);
      expect((await raw(host, "POST", api("verifyOtp"))).status).toBe(400);
      expect(seen.map((error) => (error instanceof Error ? error.name : typeof error))).toEqual([
        "AppError",
        "AppError",
        "AppError",
      ]);
    } finally {
      await host.close();
    }
  });
});

describe("what is not there", () => {
  test.each(["/api", "/api/", "/api/nothing", "/api/session/x", "/api/constructor", "/api/__proto__", "/%"])(
    "The unknown path %s is answered as a problem",
    async (path) => {
      const answer = await lab.agent().get(path);
      expect(answer.status).toBe(404);
      expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
      expect(isProblem(answer.body)).toBe(true);
      expect(answer.body.requestId).toBe(answer.headers["x-request-id"]);
    },
  );

  test.each(["PUT", "PATCH", "POST"] as const)("%s on the session's path is not found", async (method) => {
    const agent = lab.agent();
    const answer = await { PUT: agent.put, PATCH: agent.patch, POST: agent.post }[method].call(
      agent,
      api("getSession"),
    );
    expect([answer.status, answer.body.code]).toEqual([404, "not_found"]);
  });

  test("The request id is never the client's", async () => {
    const answer = await lab.agent().get("/api/nothing").set("X-Request-Id", 'evil"\u00e9');
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ["a broken cookie", "passkeys_session=s%3A%ff.%ff; =; ;;"],
    ["a cookie that is an object", "passkeys_session=j%3A%7B%22id%22%3A1%7D"],
    ["a hundred cookies", Array.from({ length: 100 }, (_, at) => `passkeys_session=s%3A${at}.x`).join("; ")],
  ])("A Cookie header with %s is not a session", async (_, cookie) => {
    const answer = await lab.agent().get(api("getSession")).set("Cookie", cookie).expect(200);
    expect(answer.body.user).toBeNull();
  });
});

test("No answer names the server's software", async () => {
  const answers = [await lab.agent().get(api("getSession")), await lab.agent().get("/api/nothing")];
  for (const { headers } of answers) {
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("server");
  }
});

/** A request whose path is sent as it is, with a body that is not JSON. */
function raw(at: Pick<Lab, "url" | "origin">, method: string, path: string, headers = {}): Promise<Response> {
  return fetch(`${at.url}${path}`, {
    method,
    headers: { Origin: at.origin, "Content-Type": "application/json", ...headers },
    ...(method === "POST" && { body: "not JSON" }),
  });
}
