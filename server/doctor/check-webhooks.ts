/** Checks whether Authsignal's webhooks would be received: one without a signature, and one of no consequence that is signed. */
import { createHmac, randomUUID } from "node:crypto";
import { type CheckResult, failed, passed, unknown } from "./check-result.ts";
import { type Reply, sendRequest } from "./http-request.ts";

export interface WebhookReceiver {
  /** Where the app mounts `createWebhookRouter`. */
  readonly url: string;
  /** The tenant's API secret key, by which webhooks are signed. */
  readonly apiSecretKey: string;
}

export async function checkWebhooks({ url, apiSecretKey }: WebhookReceiver): Promise<CheckResult> {
  // Of a type that the router answers and ignores.
  const body = { version: 1, id: randomUUID(), type: "doctor.trial", data: {} };
  const unsigned = await sendRequest(url, { method: "POST", body });
  if (unsigned.kind === "failed")
    return unknown(
      `Webhooks cannot be sent to ${url}: ${unsigned.reason}.`,
      "This is expected before the app is started. Otherwise check its name, its proxy and its certificate: Authsignal sends from the internet.",
    );
  if (isSuccess(unsigned))
    return failed(
      `${url} accepts a webhook without a signature: anyone could report authenticators there.`,
      "Mount createWebhookRouter at this path.",
    );
  if (unsigned.status !== 401) return notReceived(url, unsigned.status);
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", apiSecretKey)
    .update(`${timestamp}.${JSON.stringify(body)}`)
    .digest("base64")
    .replaceAll("=", "");
  const signed = await sendRequest(url, {
    method: "POST",
    body,
    headers: { "X-Signature-V2": `t=${timestamp},v2=${signature}` },
  });
  if (isSuccess(signed)) return passed(`Webhooks are received at ${url}.`);
  return failed(
    `${url} refuses a webhook that is signed with AUTHSIGNAL_API_SECRET_KEY.`,
    "Start the app with the same AUTHSIGNAL_API_SECRET_KEY, compare its clock, and let nothing between change the body.",
  );
}

function notReceived(url: string, status: number): CheckResult {
  if (status >= 500)
    return failed(
      `${url} answers a webhook with ${status}.`,
      "Mount createWebhookRouter before express.json(): the signature is over the bytes. The app's log says more.",
    );
  return failed(
    `Nothing receives webhooks at ${url}: it answers ${status}.`,
    "Mount createWebhookRouter there, outside of any sign-in, or enter its address: --webhook-url https://app.example.com/authsignal/webhooks.",
  );
}

function isSuccess(reply: Reply): boolean {
  return reply.kind === "answered" && reply.status >= 200 && reply.status < 300;
}
