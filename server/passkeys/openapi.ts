/** OpenAPI 3.1, generated from the one description in `shared/`. Served at `GET /openapi.json`. */
import { z } from "zod";
import { type Feature, features } from "../../shared/features.ts";
import { commonProblems, type OperationDescription } from "../../shared/operation-description.ts";
import { operations } from "../../shared/operations.ts";
import { type ProblemCode, problemCodes, stepUpMethods } from "../../shared/problem.ts";
import { type OperationName, routes } from "../../shared/routes.ts";
import { problemTable } from "../http/errors.ts";

/** Without `servers`, which depend on the request. @param has the parts of the API that are there: others are left out */
export function describeApi(has: readonly Feature[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, description] of Object.entries(operations)) {
    if (isLeftOut(name, has)) continue;
    const { method, path } = routes[name as OperationName];
    const template = path.replace(/:(\w+)/g, "{$1}");
    paths[template] = { ...paths[template], [method.toLowerCase()]: describe(name, path, description) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Passkeys",
      version: "1",
      description: `${has.includes("emailCodes") ? "E-mail codes, passkeys" : "Passkeys"}, step-up and sessions, through Authsignal.`,
    },
    paths,
    components: { schemas: { Problem: problemSchema } },
  };
}

function isLeftOut(operation: string, has: readonly Feature[]): boolean {
  return Object.entries(features).some(
    ([feature, names]: [string, readonly string[]]) =>
      names.includes(operation) && !has.includes(feature as Feature),
  );
}

function describe(name: string, path: string, description: OperationDescription): Record<string, unknown> {
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, parameter]) => ({
    name: parameter,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return {
    operationId: name,
    summary: description.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(description.request === undefined
      ? {}
      : { requestBody: { required: true, content: json(description.request, "input") } }),
    responses: { ...success(description), ...problems([...commonProblems, ...description.problems]) },
  };
}

function success({ status, answer }: OperationDescription): Record<string, unknown> {
  const content = answer === undefined ? {} : { content: json(answer, "output") };
  return { [status]: { description: answer === undefined ? "Done." : "The answer.", ...content } };
}

function problems(codes: readonly ProblemCode[]): Record<string, unknown> {
  return Object.fromEntries(
    [...groupByStatus(codes)].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${problemTable[code].title}`).join("\n\n"),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

function groupByStatus(codes: readonly ProblemCode[]): Map<number, ProblemCode[]> {
  const groups = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = problemTable[code];
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return groups;
}

function json(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  return { "application/json": { schema: z.toJSONSchema(schema, { io, unrepresentable: "any" }) } };
}

/** RFC 9457, as `shared/problem.ts` types it. */
const problemSchema = {
  type: "object",
  required: ["type", "title", "status", "code", "requestId"],
  properties: {
    type: { type: "string", format: "uri-reference" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { enum: problemCodes },
    requestId: { type: "string" },
    issues: {
      type: "array",
      items: {
        type: "object",
        required: ["pointer", "message"],
        properties: { pointer: { type: "string" }, message: { type: "string" } },
      },
    },
    attemptsLeft: { type: "integer", minimum: 0 },
    retryAfter: { type: "integer", minimum: 0 },
    stepUp: {
      type: "object",
      required: ["action", "methods"],
      properties: {
        action: { type: "string" },
        methods: { type: "array", items: { enum: stepUpMethods } },
      },
    },
  },
  additionalProperties: false,
};
