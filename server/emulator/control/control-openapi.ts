/** The OpenAPI document of the control plane, from the shapes that check its requests. */
import type { Json, JsonObject } from "../wire/wire.ts";
import type { ControlOperation } from "./control.ts";

interface OperationText {
  readonly does: string;
  readonly example?: JsonObject;
}

const tenant = {
  secrets: ["emulator-worker-2"],
  rpId: "localhost",
  expectedOrigins: ["http://localhost:3000"],
};

/** By method and path. A test fails if an operation has no text, or its example is refused. */
export const operationTexts: Readonly<Record<string, OperationText>> = {
  "GET /health": { does: "Says whether the emulator is ready, or with 503 why not, such as a full disk." },
  "GET /messages": { does: "Lists messages, newest first; `wait` milliseconds waits for the first." },
  "GET /messages/latest": { does: "Answers the newest message, or 404." },
  "DELETE /messages": { does: "Deletes messages." },
  "PUT /fixed-codes": {
    does: "Makes this the code of every message to the address.",
    example: { to: "ada@example.com", code: "123456" },
  },
  "POST /passkeys/sign-up": {
    does: "Performs a browser's ceremony with a new passkey under track's token.",
    example: { token: "TOKEN", authenticator: { algorithm: "ES256" } },
  },
  "POST /passkeys/sign-in": {
    does: "Signs in, or steps up with a token, with a passkey that sign-up or a seed made.",
    example: { action: "sign-in", userId: "ada", fault: { tamperedSignature: true } },
  },
  "POST /challenges/complete": {
    does: "Does what a person does on the page at track's url.",
    example: { token: "TOKEN", verificationMethod: "EMAIL_OTP" },
  },
  "POST /reset": {
    does: "Deletes everything, one tenant, or one user; seeds that are restored on reset come back.",
    example: { tenantId: "worker-2" },
  },
  "POST /seed": {
    does: "Puts users, passkeys, fixed codes and settings of actions into a tenant, as a whole or not at all.",
    example: { users: [{ userId: "ada", email: "ada@example.com", passkeys: [{}] }], restoreOnReset: true },
  },
  "GET /state": { does: "Exports everything that the tenants remember." },
  "PUT /state": { does: "Imports an exported state.", example: { version: 1, tenants: {} } },
  "GET /clock": { does: "Answers the time of the emulator or of one tenant." },
  "PUT /clock": { does: "Moves the clock of the emulator or of one tenant.", example: { advance: 600_000 } },
  "GET /faults": { does: "Lists the faults that wait for requests." },
  "POST /faults": {
    does: "Makes requests fail.",
    example: { path: "/v1/validate", status: 500, count: 1, tenantId: "worker-2" },
  },
  "DELETE /faults": { does: "Removes all faults, or those of a tenant." },
  "DELETE /faults/{faultId}": { does: "Removes one fault." },
  "GET /journal": { does: "Lists requests, newest first, with the reason of each refusal." },
  "DELETE /journal": { does: "Forgets the journal, or that of a tenant." },
  "GET /tenants": { does: "Lists tenants with their newest users and actions." },
  "POST /tenants": { does: "Adds a tenant.", example: { tenantId: "worker-2", ...tenant } },
  "PUT /tenants/{tenantId}": { does: "Adds a tenant, or replaces it with its data.", example: tenant },
  "DELETE /tenants/{tenantId}": { does: "Removes a tenant with its data." },
  "GET /openapi.json": { does: "Answers this document." },
};

export function openApi(operations: readonly ControlOperation[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = `/emulator${operation.path}`;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Control plane of the Authsignal emulator", version: "1" },
    paths,
  };
}

function describe({ method, path, query, body }: ControlOperation): JsonObject {
  const { does = "", example } = operationTexts[`${method} ${path}`] ?? {};
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    ...{ name, in: "path", required: true },
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(query?.members ?? {}).map(([name, { schema }]) => ({
    name,
    in: "query",
    schema,
  }));
  const content = { "application/json": { schema: body?.schema, example } };
  return {
    summary: does,
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : { requestBody: { content } }),
    responses: {
      200: { description: "Done." },
      400: { description: "Refused: `errorDescription` says what is wrong." },
    },
  };
}
