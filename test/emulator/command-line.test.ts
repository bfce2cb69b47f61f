import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCommandLine } from "../../server/emulator/command-line.ts";
import { seedShape } from "../../server/emulator/control/seed-shape.ts";
import { defaultTenant, defineSeed, startEmulator } from "../../server/emulator/index.ts";
import { readSeedFile, watchSeedFile } from "../../server/emulator/seed-file.ts";
import { describeRefusal, schemaText, startLines, startRecord } from "../../server/emulator/start-lines.ts";
import { callersOf } from "./running-emulator.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "emulator-cli-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const ignore = () => {};

test("the command line gives a tenant, its origins and a seed, and the emulator starts with them", async () => {
  const seedFile = join(directory, "seed.json");
  await writeFile(seedFile, JSON.stringify({ users: [{ userId: "seeded", email: "s@example.com" }] }));
  const line =
    "--port 0 --tenant-id t --secret emulator-test-secret --rp-id localhost --origin http://localhost:3000";
  const { options, seed } = await readCommandLine(
    [...line.split(" "), "--data", ":memory:", "--seed", seedFile],
    ignore,
  );
  expect(options.tenants).toMatchObject([
    { tenantId: "t", rpId: "localhost", expectedOrigins: ["http://localhost:3000"] },
  ]);
  const emulator = await startEmulator(options);
  emulator.seed(seed);
  expect(await callersOf(emulator).authsignal.getUser({ userId: "seeded" })).toMatchObject({
    email: "s@example.com",
  });
  await emulator.close();
});

test("the command line takes two secrets and several origins", async () => {
  const { options } = await readCommandLine(
    ["--secret", "a", "--secret", "b", "--origin", "http://localhost:1", "--origin", "http://localhost:2"],
    ignore,
  );
  expect(options.tenants?.[0]).toMatchObject({
    secrets: ["a", "b"],
    expectedOrigins: ["http://localhost:1", "http://localhost:2"],
  });
});

test("without an origin, the command line accepts http://localhost on any port", async () => {
  const { options } = await readCommandLine(["--port", "0"], ignore);
  expect(options.tenants).toMatchObject([{ expectedOrigins: [], anyLocalhostPort: true }]);
  const named = await readCommandLine(["--origin", "http://localhost:5173"], ignore);
  expect(named.options.tenants?.[0]).not.toHaveProperty("anyLocalhostPort");
});

test("a configuration file gives every option, and the options of the line come first", async () => {
  const config = join(directory, "emulator.json");
  const tenant = {
    tenantId: "t",
    secrets: ["s"],
    rpId: "localhost",
    expectedOrigins: ["http://localhost:3000"],
  };
  await writeFile(config, JSON.stringify({ port: 4000, tenants: [{ ...tenant, defaultOutcome: "ALLOW" }] }));
  const { options } = await readCommandLine(["--config", config, "--secret", "other"], ignore);
  expect(options).toMatchObject({
    port: 4000,
    tenants: [{ ...tenant, secrets: ["other"], defaultOutcome: "ALLOW" }],
  });
  await writeFile(config, JSON.stringify({ prot: 4000 }));
  await expect(readCommandLine(["--config", config], ignore)).rejects.toThrow(
    `${config}: "prot" is not known`,
  );
});

test.each([
  [["--port", "abc"], '--port must be a number from 0 to 65535, not "abc"'],
  [["--port", ""], "--port must be a number"],
  [["--port"], "--port needs a value"],
  [["--port", "--quiet"], "--port needs a value"],
  [["--port", "1", "--port", "2"], "--port is given twice"],
  [["--unknown"], "--unknown is not an option. Known: --port"],
  [["--quiet=yes"], "--quiet takes no value"],
  [["start"], '"start" is not an option'],
  [["exec"], "exec needs a command after --"],
  [["--rp-id", "app.example"], "The RP ID app.example needs --origin"],
  [["--clock", "tomorrow"], "--clock must be an ISO 8601 date"],
  [["--seed", "/does/not/exist"], "/does/not/exist cannot be read"],
  [["--config", "/does/not/exist"], "/does/not/exist cannot be read"],
])("the command line says what is wrong with %j", async (args, expected) => {
  await expect(readCommandLine(args, ignore)).rejects.toThrow(expected);
});

test.each([
  [["--smtp", "nonsense"], "smtp must be a URL such as smtp://localhost:1025"],
  [["--webhook", "nonsense"], "webhook.url must be a URL"],
  [["--origin", "http://localhost:3000/"], "Write scheme, host and port only"],
  [["--origin", "https://app.example"], "The RP ID localhost of tenant"],
  [["--rp-id", "http://app.example", "--origin", "http://app.example"], "must be a host name"],
  [["--public-url", "http://emulator:3001/auth"], "must be scheme, host and port alone"],
  [["--secret", "a:b"], "contains a colon"],
  [["--public-url", "emulator"], '"emulator" is not a URL'],
])("the emulator does not start with %j, and says why", async (args, expected) => {
  const { options } = await readCommandLine(["--port", "0", ...args], ignore);
  await expect(startEmulator(options)).rejects.toThrow(expected);
});

test.each([
  [{ tenants: [{ codeLenght: 4 }] }, '"codeLenght" of tenant'],
  [
    { tenants: [{ rpId: "app.example", expectedOrigins: ["http://localhost:3000"] }] },
    "fits none of its origins",
  ],
  [{ tenants: {} }, "tenants must be a list"],
])("the command line refuses the configuration %j, and names the file", async (config, expected) => {
  const file = join(directory, "wrong-config.json");
  await writeFile(file, JSON.stringify(config));
  const refused = readCommandLine(["--config", file], ignore);
  await expect(refused).rejects.toThrow(`${file}: `);
  await expect(refused).rejects.toThrow(expected);
});

test("a tenant of a configuration without origins accepts http://localhost on any port", async () => {
  const file = join(directory, "no-origins.json");
  await writeFile(file, JSON.stringify({ tenants: [{ tenantId: "t" }] }));
  const { options } = await readCommandLine(["--config", file], ignore);
  expect(options.tenants).toMatchObject([{ tenantId: "t", anyLocalhostPort: true }]);
});

test("the command line says how a seed in YAML becomes one in JSON", async () => {
  const file = join(directory, "seed.yaml");
  await writeFile(file, "users:\n  - userId: ada\n");
  await expect(readCommandLine(["--seed", file], ignore)).rejects.toThrow(`npx js-yaml ${file} > seed.json`);
});

test.each(["[]", "{"])(
  "the command line refuses a seed file that holds %s, and names the file",
  async (content) => {
    const file = join(directory, "not-a-seed.json");
    await writeFile(file, content);
    await expect(readCommandLine(["--seed", file], ignore)).rejects.toThrow(`${file} is not a seed`);
  },
);

const main = join(import.meta.dirname, "../../server/emulator/cli.ts");
const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ["--import", "tsx", main, ...args]);

test("the emulator prints a sentence with the seed's file and element, and exits, if its seed is invalid", async () => {
  const file = join(directory, "refused-seed.json");
  await writeFile(file, JSON.stringify({ users: [{}] }));
  await expect(run("--port", "0", "--seed", file)).rejects.toMatchObject({
    code: 1,
    stderr: `${file}: users[0].userId is required.\n`,
  });
});

test("the emulator says that the machine lacks the address of --host", async () => {
  await expect(run("--port", "0", "--host", "192.0.2.1")).rejects.toMatchObject({
    code: 1,
    stderr: "This machine has no address 192.0.2.1 to listen on.\n",
  });
});

test("exec runs a command with the emulator in its environment and passes its exit code on", async () => {
  const script = `
    const { AUTHSIGNAL_API_SECRET_KEY: secret, AUTHSIGNAL_API_URL: url, AUTHSIGNAL_EMULATOR_URL: home } = process.env;
    const headers = { authorization: "Basic " + Buffer.from(secret + ":").toString("base64") };
    const user = await (await fetch(url + "/users/u", { headers })).json();
    const { now } = await (await fetch(home + "/emulator/clock")).json();
    console.log(JSON.stringify({ tenant: process.env.AUTHSIGNAL_TENANT_ID, user, year: now.slice(0, 4) }));
    process.exitCode = 7;`;
  const command = [process.execPath, "--input-type=module", "--eval", script];
  const ended: unknown = await run(
    "exec",
    "--clock",
    "2031-01-01T00:00:00Z",
    "--tenant-id",
    "t",
    "--",
    ...command,
  ).catch((error: unknown) => error);
  expect(ended).toMatchObject({ code: 7, stderr: expect.stringContaining("EMULATOR of Authsignal") });
  const { stdout = "" } = ended as { readonly stdout?: string };
  expect(JSON.parse(stdout)).toMatchObject({ tenant: "t", user: { isEnrolled: false }, year: "2031" });
});

test("exec with a command that cannot be run stops the emulator and says so", async () => {
  const ended: unknown = await run("exec", "--", "no-such-command").catch((error: unknown) => error);
  expect(ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"no-such-command" cannot be run'),
  });
});

test("--version prints the version of the package", async () => {
  const manifest = JSON.parse(await readFile(join(import.meta.dirname, "../../package.json"), "utf8"));
  expect((await run("--version")).stdout).toBe(`${manifest.version}\n`);
});

test("the start lines show tenant, secret and accepted origins, and a refusal shows its reason", async () => {
  const { options } = await readCommandLine(["--port", "0", "--tenant-id", "t", "--secret", "s"], ignore);
  const refused: string[] = [];
  const emulator = await startEmulator({
    ...options,
    onRefusal: (one) => refused.push(describeRefusal(one)),
  });
  const text = startLines(emulator, options).join("\n");
  for (const shown of [emulator.apiUrl, "tenant   t", "secret   s", "http://localhost on any port"])
    expect(text).toContain(shown);
  expect(startRecord(emulator, options)).toMatchObject({
    apiUrl: emulator.apiUrl,
    tenants: [{ tenantId: "t", secrets: ["s"], anyLocalhostPort: true }],
  });
  await fetch(`${emulator.apiUrl}/users/u`);
  expect(refused).toEqual(["Refused GET /v1/users/u (401): unauthorized: no Basic authorization"]);
  await emulator.close();
});

test.each(["127.0.0.1", "[::1]", "localhost"])("the emulator answers on %s", async (host) => {
  const emulator = await startEmulator();
  const answer = await fetch(`http://${host}:${emulator.port}/emulator/health`);
  expect(answer.status).toBe(200);
  await emulator.close();
});

test("each option of the command line is also an environment variable, and the line comes first", async () => {
  const { options, isQuiet } = await readCommandLine(["--rp-name", "Line"], ignore, {
    AUTHSIGNAL_EMULATOR_PORT: "4100",
    AUTHSIGNAL_EMULATOR_ORIGIN: "http://localhost:1, http://localhost:2",
    AUTHSIGNAL_EMULATOR_PUBLIC_URL: "http://emulator:4100",
    AUTHSIGNAL_EMULATOR_RP_NAME: "Variable",
    AUTHSIGNAL_EMULATOR_QUIET: "true",
    AUTHSIGNAL_EMULATOR_DATA: "",
    AUTHSIGNAL_EMULATOR_URL: "http://localhost:1",
    AUTHSIGNAL_API_URL: "http://localhost:1/v1",
  });
  expect(options).toMatchObject({
    port: 4100,
    publicUrl: "http://emulator:4100",
    tenants: [{ rpName: "Line", expectedOrigins: ["http://localhost:1", "http://localhost:2"] }],
  });
  expect(options).not.toHaveProperty("data");
  expect(isQuiet).toBe(true);
});

test.each([
  [
    { AUTHSIGNAL_EMULATOR_PROT: "1" },
    "AUTHSIGNAL_EMULATOR_PROT is not known. Known: AUTHSIGNAL_EMULATOR_PORT",
  ],
  [{ AUTHSIGNAL_EMULATOR_QUIET: "yes" }, 'AUTHSIGNAL_EMULATOR_QUIET must be true or false, not "yes"'],
  [{ AUTHSIGNAL_EMULATOR_PORT: "x" }, "--port must be a number"],
  [{ AUTHSIGNAL_EMULATOR_WATCH: "1" }, "--watch needs --seed"],
])("an environment variable %j is refused with a sentence", async (environment, sentence) => {
  await expect(readCommandLine([], ignore, environment)).rejects.toThrow(sentence);
});

test("a seed file and a configuration file may name the schema that editors check them with", async () => {
  const seedFile = join(directory, "with-schema.json");
  await writeFile(seedFile, JSON.stringify({ $schema: "./seed.schema.json", users: [{ userId: "ada" }] }));
  const configFile = join(directory, "config-with-schema.json");
  await writeFile(configFile, JSON.stringify({ $schema: "./config.schema.json", port: 4000 }));
  const { options, seed } = await readCommandLine(["--seed", seedFile, "--config", configFile], ignore);
  const emulator = await startEmulator({ ...options, port: 0 });
  expect(emulator.seed(seed).users).toBe(1);
  await emulator.close();
  expect(options).toMatchObject({ port: 4000 });
  expect((await readCommandLine(["--schema", "seed"], ignore)).shows).toBe("seed schema");
  await expect(readCommandLine(["--schema", "sede"], ignore)).rejects.toThrow(
    "--schema must be seed or config",
  );
});

test("the printed schema of a seed names its members and refuses others", () => {
  const schema = JSON.parse(schemaText("Seed", seedShape));
  expect(schema).toMatchObject({ title: "Seed", type: "object", additionalProperties: false });
  expect(Object.keys(schema.properties)).toEqual(["users", "actions", "fixedCodes", "$schema"]);
  expect(schema.properties.users.items.required).toEqual(["userId"]);
});

test("defineSeed refuses a misspelt member and names it", () => {
  expect(defineSeed({ users: [{ userId: "ada", passkeys: [{}] }] }).users).toHaveLength(1);
  expect(() => defineSeed({ users: [{ userId: "ada", pasword: "x" }] } as object)).toThrow(
    '"pasword" of users[0] is not known',
  );
});

test("a watched seed file resets the emulator when it changes, and an invalid one changes nothing", async () => {
  const seedFile = join(directory, "watched.json");
  await writeFile(seedFile, JSON.stringify({ users: [{ userId: "ada", email: "ada@example.com" }] }));
  const emulator = await startEmulator();
  emulator.seedOnReset(await readSeedFile(seedFile));
  const users = () => emulator.exportState().tenants[defaultTenant.tenantId]?.users?.map(([id]) => id);
  const printed: string[] = [];
  const stop = watchSeedFile(seedFile, emulator, (text) => printed.push(text));

  await writeFile(seedFile, JSON.stringify({ users: [{ userId: "bob" }] }));
  await expect.poll(users).toEqual(["bob"]);
  await writeFile(seedFile, JSON.stringify({ user: [] }));
  await expect.poll(() => printed.at(-1)).toContain(`${seedFile}: "user" is not known`);
  expect(users()).toEqual(["bob"]);
  stop();
  await emulator.close();
});
