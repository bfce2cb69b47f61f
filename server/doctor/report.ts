/** Writes the results as text: a line for each, and below it the remedy. */
import type { CheckResult } from "./check-result.ts";

const marks = { passed: "ok     ", failed: "FAILED ", warning: "warning", unknown: "unknown" } as const;

export interface Report {
  readonly text: string;
  /** 1 when a check failed, for CI. A warning and an unknown result count as 0. */
  readonly exitCode: 0 | 1;
}

/** @param secret is removed from the whole text: it may have been pasted into another variable */
export function report(results: readonly CheckResult[], secret: string | undefined): Report {
  const lines = results.flatMap(({ status, message, remedy }) => [
    `${marks[status]}  ${message}`,
    ...(remedy === undefined ? [] : [`         → ${remedy}`]),
  ]);
  const failures = results.filter(({ status }) => status === "failed").length;
  const warnings = results.filter(({ status }) => status === "warning").length;
  const summary = [
    failures === 0 ? "No check failed." : `${failures} failed.`,
    ...(warnings === 0 ? [] : [`Warnings: ${warnings}.`]),
  ].join(" ");
  const text = [...lines, "", summary].join("\n");
  const isSecret = secret !== undefined && secret.trim().length > 3;
  return {
    text: isSecret ? text.replaceAll(secret.trim(), "(secret)") : text,
    exitCode: failures === 0 ? 0 : 1,
  };
}
