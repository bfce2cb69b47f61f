import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api } from "../../kit/flows.ts";
import { type Lab, startLab } from "../lab.ts";

let lab: Lab;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pages-"));
  mkdirSync(join(folder, "client", "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "outside of the pages");
  writeFileSync(join(folder, "client", "index.html"), "<!doctype html><title>The app</title>");
  writeFileSync(join(folder, "client", "assets", "main-123.js"), "export {};");
  writeFileSync(join(folder, "client", "assets", "large-123.js"), "export const large = 1;\n".repeat(500));
  writeFileSync(join(folder, "client", "assets", "main-123.js.map"), '{"sourcesContent":["the sources"]}');
  const ready = "export const ready = 1;";
  writeFileSync(join(folder, "client", "assets", "ready-123.js"), ready);
  writeFileSync(join(folder, "client", "assets", "ready-123.js.br"), brotliCompressSync(ready));
  writeFileSync(join(folder, "client", "assets", "ready-123.js.gz"), gzipSync(ready));
  writeFileSync(join(folder, "client", "other.html"), "<!doctype html><title>The app elsewhere</title>");
  writeFileSync(join(folder, "client", ".hidden"), "hidden");
  lab = await startLab({ pagesFolder: join(folder, "client") });
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request whose path goes over the wire as it is written here. */
function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(lab.url);
    const sent = httpRequest({ hostname, port, path, headers, method }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("the pages", () => {
  test.each(["/", "/account", "/sign-in/code", "/a/b/c?d=e"])(
    "The path %s serves index.html, which is revalidated every time",
    async (path) => {
      const answer = await get(path, { Accept: "text/html" });
      expect(answer.status).toBe(200);
      expect(answer.text).toContain("The app");
      expect(answer.headers["cache-control"]).toBe("no-cache");
      expect((await get(path, { Accept: "text/html" }, "HEAD")).status).toBe(200);
    },
  );

  test.each([
    "main-123.js.map",
    "main-123.js.MAP",
    "main-123.js%2emap",
    "main-123.js.ma%70",
    "main-123.js.map?x",
  ])("The source map assets/%s is not served", async (file) => {
    for (const accept of ["text/html", "*/*"]) {
      const answer = await get(`/assets/${file}`, { Accept: accept });
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain("the sources");
    }
  });

  test("only the paths of the sign-in view get the page with its form", async () => {
    const html = { Accept: "text/html" };
    for (const path of ["/", "/sign-in"]) expect((await get(path, html)).text).not.toContain("elsewhere");
    for (const path of ["/account", "/sign-in/code"])
      expect((await get(path, html)).text).toContain("elsewhere");
  });

  test.each([
    ["br", "br, gzip"],
    ["gzip", "gzip"],
    [undefined, "identity"],
    [undefined, "br;q=0"],
  ])(
    "a file that the build compressed is sent as %s to a browser that accepts %s",
    async (encoding, accepted) => {
      const answer = await get("/assets/ready-123.js", { "Accept-Encoding": accepted });
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        "content-type": expect.stringContaining("javascript"),
        "cache-control": "public, max-age=31536000, immutable",
        vary: "Accept-Encoding",
      });
      expect(answer.headers["content-encoding"]).toBe(encoding);
    },
  );

  test("Scripts are cached for a year, and a missing script is a 404 instead of index.html", async () => {
    const script = await get("/assets/main-123.js");
    expect(script.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect((await get("/assets/main-000.js")).status).toBe(404);
  });

  test.each(["passkey-endpoints", "change-password", "apple-app-site-association"])(
    "%s under /.well-known/ that is not configured is a 404, also for who accepts everything",
    async (name) => {
      const { status, text } = await get(`/.well-known/${name}`, { Accept: "*/*" });
      expect(status).toBe(404);
      expect(text).not.toContain("<!doctype html>");
    },
  );

  test("Pages are compressed, and answers of the API never are, because the length would leak their content", async () => {
    const headers = { "Accept-Encoding": "br, gzip" };
    const script = await get("/assets/large-123.js", headers);
    expect(script.headers).toMatchObject({ "content-encoding": "br", vary: "Accept-Encoding" });
    expect((await get("/assets/large-123.js")).text).toHaveLength(500 * 24);
    const description = await get("/api/openapi.json", headers);
    expect(description.status).toBe(200);
    expect(description.headers["content-encoding"]).toBeUndefined();
  });

  test.each([
    { Range: "bytes=99999-" },
    { "If-Match": '"other"' },
    { "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT" },
  ])(
    "A file that fails the precondition %j is answered so that no cache stores the answer for it",
    async (headers) => {
      const { status, headers: answered } = await get("/assets/main-123.js", headers);
      if (status === 200) return expect(answered["cache-control"]).toContain("immutable");
      expect(answered["cache-control"]).toBe("no-store");
      expect(answered["last-modified"]).toBeUndefined();
    },
  );

  test("Pages are served whole, because a range of a compressed file is not a range of the file", async () => {
    const headers = { Range: "bytes=0-9", "Accept-Encoding": "gzip" };
    expect((await get("/assets/large-123.js", headers)).status).toBe(200);
    expect((await get("/", { ...headers, Accept: "text/html" })).status).toBe(200);
  });

  test("A 304 has the Vary header too", async () => {
    const { headers } = await get("/assets/large-123.js");
    const again = await get("/assets/large-123.js", { "If-None-Match": headers.etag ?? "" });
    expect([again.status, again.headers.vary]).toEqual([304, "Accept-Encoding"]);
  });

  test.each([
    ["/%", {}],
    ["/%c0%ae%c0%ae/secret.txt", {}],
    ["/", { Range: "bytes=99999-" }],
    ["/", { Range: "bytes=5-1" }],
    ["/", { "If-Match": '"other"' }],
    ["/", { "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT" }],
    ["/assets/main-123.js", { Range: "bytes=99999-" }],
    ["/assets/main-123.js", { "If-Match": '"other"' }],
    ["/assets", {}],
    ["/assets/", {}],
    ["/assets/%", {}],
    ["/%00", {}],
    [`/${"x".repeat(8000)}`, {}],
  ])("The path %s with %j is not a 500", async (path, headers) => {
    const answer = await get(path, headers);
    expect(answer.status).toBeLessThan(500);
  });

  test.each([
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/assets/../../secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/..\\secret.txt",
    "/..%5csecret.txt",
    "/.hidden",
    "/%2ehidden",
  ])("The path %s serves no file outside the folder and no hidden file", async (path) => {
    const { text } = await get(path);
    expect(text).not.toContain("outside of the pages");
    expect(text).not.toContain("hidden");
  });
});

describe("no answer redirects to another site", () => {
  test.each([
    "//evil.example",
    "//evil.example/",
    "//evil.example/%2e%2e",
    "/\\evil.example",
    "/%5cevil.example",
    "/%2f%2fevil.example",
    "/%2f/evil.example/..",
    "//assets",
    "///assets",
    "/\\/assets",
    "/assets?returnTo=//evil.example",
    "/?returnTo=https://evil.example",
    "/sign-in?next=%2f%2fevil.example",
    "/api/session?returnTo=//evil.example",
    "//evil.example/assets",
    "/\t/evil.example".replace("\t", "%09"),
    "/%0d%0aLocation:%20https://evil.example",
  ])("The path %s redirects to no other site", async (path) => {
    const { status, headers } = await get(path, { Accept: "text/html" });
    expect(status).toBeLessThan(500);
    if (headers.location !== undefined) {
      expect(new URL(headers.location, lab.url).origin).toBe(lab.url);
      expect(headers.location).not.toMatch(/^[/\\]{2}/);
    }
  });
});

describe("every answer carries the headers that keep a browser in bounds", () => {
  const paths = [
    "/",
    "/assets/main-123.js",
    "/assets/nothing.js",
    "/api/session",
    "/api/nothing",
    "/healthz",
  ];

  test.each(paths)("The answer of %s has the security headers", async (path) => {
    const { headers } = await get(path);
    const policy = String(headers["content-security-policy"]);
    const directives = new Map(
      policy.split(";").map((part) => part.trim().split(/ (.*)/s).slice(0, 2) as [string, string]),
    );
    expect(directives.get("default-src")).toBe("'none'");
    expect(directives.get("script-src")).toBe("'self'");
    expect(directives.get("style-src")).toBe("'self'");
    expect(directives.get("connect-src")).toBe(`'self' ${new URL(lab.emulator.apiUrl).origin}`);
    for (const name of ["object-src", "base-uri", "frame-ancestors"])
      expect(directives.get(name)).toBe("'none'");
    expect(directives.get("form-action")).toBe("'self'");
    expect(directives.get("require-trusted-types-for")).toBe("'script'");
    expect(policy).not.toMatch(/unsafe-|https?:\/\/\*|\*/);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "permissions-policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
    });
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    // http://localhost must not be remembered as https.
    expect(headers).not.toHaveProperty("strict-transport-security");
  });

  test.each([
    ["https://app.example.com", "max-age=63072000"],
    ["https://localhost.example.com", "max-age=63072000"],
    ["https://localhost:3000", undefined],
    ["https://app.localhost", undefined],
  ])("Answers of %s have the HSTS header %s", async (origin, header) => {
    const own = await startLab({ origin });
    try {
      const answer = await own.agent().get(api("getSession")).set("X-Forwarded-Proto", "https");
      expect(answer.headers["strict-transport-security"]).toBe(header);
    } finally {
      await own.close();
    }
  });
});
