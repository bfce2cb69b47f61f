/** Holds every answer of our API against its one description, `shared/operations.ts`. A supertest plugin. */
import type request from "supertest";
import { z } from "zod";
import { commonProblems, type OperationDescription } from "../../shared/operation-description.ts";
import { operations } from "../../shared/operations.ts";
import { isProblem } from "../../shared/problem.ts";
import { type OperationName, routes } from "../../shared/routes.ts";

/** @param prefix where the router is mounted; requests elsewhere are not checked */
export function checkContract(prefix: string): (test: request.Test) => void {
  return (test) => {
    test.expect((response: request.Response) => {
      const path = new URL(test.url).pathname;
      const operation = find(test.method, path, prefix);
      if (operation === null) return;
      const fault = faultOf(operation, response);
      if (fault !== null) throw new Error(`${test.method} ${path} answered ${response.status}: ${fault}`);
    });
  };
}

function find(method: string, path: string, prefix: string): OperationDescription | null {
  for (const [name, route] of Object.entries(routes)) {
    const pattern = new RegExp(`^${prefix}${route.path.replace(/:\w+/g, "[^/]+")}$`);
    if (route.method === method && pattern.test(path)) return operations[name as OperationName];
  }
  return null;
}

function faultOf(operation: OperationDescription, response: request.Response): string | null {
  if (response.status === operation.status) {
    if (operation.answer === undefined) return response.text === "" ? null : "a body where none is described";
    const parsed = strict(operation.answer).safeParse(response.body);
    return parsed.success ? null : z.prettifyError(parsed.error);
  }
  if (!isProblem(response.body)) return "neither the described status nor a problem";
  const { code, status } = response.body;
  if (status !== response.status) return `the problem says ${status}`;
  const described: readonly string[] = [...commonProblems, ...operation.problems];
  return described.includes(code) ? null : `the problem ${code} is not described`;
}

/** An answer may not carry a member that is not described: that is how secrets leak. */
function strict(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) return schema.strict();
  if (schema instanceof z.ZodUnion) {
    return z.union(
      schema.options.map((option) => strict(option as z.ZodType)) as [z.ZodType, ...z.ZodType[]],
    );
  }
  return schema;
}
