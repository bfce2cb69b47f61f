/** OpenAPI 3.1, generated from the one description in `shared/`. Served at `GET /openapi.json`. */
import { z } from "zod";
import { commonProblems, type OperationDescription } from "../../shared/operation-description.ts";
import { operations } from "../../shared/operations.ts";
import { type ProblemCode, problemCodes, stepUpMethods } from "../../shared/problem.ts";
import { type OperationName, routes } from "../../shared/routes.ts";
import { problemTable } from "../http/errors.ts";

const codeOperations: readonly string[] = ["challengeOtp", "verifyOtp"] satisfies OperationName[];
const sessionOperations: readonly string[] = [
  "listSessions",
  "endSession",
  "endOtherSessions",
] satisfies OperationName[];
const optionalOperations: Readonly<Record<"activity" | "notices" | "reports", readonly string[]>> = {
  activity: ["listActivity"] satisfies OperationName[],
  notices: ["reportNotMe"] satisfies OperationName[],
  reports: ["reportCeremony"] satisfies OperationName[],
};

const emailChangeNames: readonly string[] = [
  "beginEmailChange",
  "finishEmailChange",
] satisfies OperationName[];
const recoveryNames: readonly string[] = ["beginRecovery", "cancelRecovery"] satisfies OperationName[];

/**
 * Without `servers`, which depend on the request.
 * @param has `emailCodes: false` leaves the routes of the codes out, `sessionList: false` those of the sessions, `recovery: false`
 * those of recovery, `emailChange: false` those of a change of address, `deletion: false` that of the account, `notices: false` that of their link, `activity: false` that of
 * the events, `reports: false` that of ceremonies
 */
export function describeApi(has: {
  readonly emailCodes: boolean;
  readonly sessionList: boolean;
  readonly recovery: boolean;
  readonly emailChange: boolean;
  readonly deletion: boolean;
  readonly notices: boolean;
  readonly activity: boolean;
  readonly reports: boolean;
}): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, description] of Object.entries(operations)) {
    if (!has.sessionList && sessionOperations.includes(name)) continue;
    if (!has.deletion && name === ("deleteAccount" satisfies OperationName)) continue;
    if (!has.emailChange && emailChangeNames.includes(name)) continue;
    if (!has.recovery && recoveryNames.includes(name)) continue;
    if (!has.notices && optionalOperations.notices.includes(name)) continue;
    if (!has.reports && optionalOperations.reports.includes(name)) continue;
    if (!has.activity && optionalOperations.activity.includes(name)) continue;
    if (!has.emailCodes && codeOperations.includes(name)) continue;
    const { method, path } = routes[name as OperationName];
    const template = path.replace(/:(\w+)/g, "{$1}");
    paths[template] = { ...paths[template], [method.toLowerCase()]: describe(name, path, description) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Passkeys",
      version: "1",
      description: `${has.emailCodes ? "E-mail codes, passkeys" : "Passkeys"}, step-up and sessions, through Authsignal.`,
    },
    paths,
    components: { schemas: { Problem: problemSchema } },
  };
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
