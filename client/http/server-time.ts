/**
 * needs:    the Date header of our server's answers.
 * does:     converts the server's times to this browser's clock, which may be wrong by hours; knows when the last answer
 *           came.
 * must not: correct small differences: a Date header has whole seconds, and an answer takes a moment.
 */
let ahead = 0;
let answeredAt = 0;

/** Milliseconds. */
const tolerance = 2 * 60_000;

/** `date` is the Date header of an answer that has just arrived. */
export function noteServerTime(date: string | null): void {
  answeredAt = Date.now();
  const difference = answeredAt - Date.parse(date ?? "");
  if (!Number.isNaN(difference)) ahead = Math.abs(difference) > tolerance ? difference : 0;
}

/** When the last answer of our server came, in milliseconds of this browser's clock; 0 before the first. */
export function lastAnswerAt(): number {
  return answeredAt;
}

/** In milliseconds of this browser's clock. */
export function localTime(instant: string): number {
  return Date.parse(instant) + ahead;
}
