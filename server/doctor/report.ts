/** The doctor's letter: one line per finding, and what to do below those that need it. */
import type { Finding } from "./finding.ts";

const marks = { good: "ok     ", bad: "WRONG  ", warning: "warning", unknown: "unknown" } as const;

export interface Report {
  readonly text: string;
  /** 0 when nothing is wrong, for CI. A warning and what is unknown are not wrong. */
  readonly exitCode: 0 | 1;
}

/** @param secret is taken out wherever it turned up: in an address that somebody pasted, for example */
export function report(findings: readonly Finding[], secret: string | undefined): Report {
  const lines = findings.flatMap(({ verdict, message, remedy }) => [
    `${marks[verdict]}  ${message}`,
    ...(remedy === undefined ? [] : [`         → ${remedy}`]),
  ]);
  const wrong = findings.filter(({ verdict }) => verdict === "bad").length;
  const warnings = findings.filter(({ verdict }) => verdict === "warning").length;
  const summary = [
    wrong === 0 ? "Nothing is wrong." : `${wrong} to put right.`,
    ...(warnings === 0 ? [] : [`${warnings} to look at.`]),
  ].join(" ");
  const text = [...lines, "", summary].join("\n");
  const isWorthHiding = secret !== undefined && secret.trim().length > 3;
  return {
    text: isWorthHiding ? text.replaceAll(secret.trim(), "(secret)") : text,
    exitCode: wrong === 0 ? 0 : 1,
  };
}
