/** Makes one request fail as its fault says. */
import type { ServerResponse } from "node:http";
import type { Fault } from "../control/faults.ts";
import { pause } from "../wire/pause.ts";
import { respondJson } from "./respond.ts";

/** The part of a fault before the operation; `true` if the request is already answered or dropped. */
export async function injectFault(
  fault: Fault,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<boolean> {
  if (fault.latency !== undefined) await pause(fault.latency, closing);
  if (fault.drop === "before") {
    response.destroy();
    return true;
  }
  if (fault.status === undefined) return false;
  const code = fault.errorCode ?? (fault.status === 429 ? "too_many_requests" : "internal_error");
  const body = { error: code, errorCode: code, errorDescription: "A fault was injected for this request." };
  respondJson(response, fault.status, body, {
    ...(fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) }),
  });
  return true;
}
