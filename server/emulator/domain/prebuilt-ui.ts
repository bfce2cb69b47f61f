/** Where the service has its pre-built UI, the emulator has a page: its address, and how it returns to the app. */
import type { Action } from "../tenant/records.ts";
import type { Tenant } from "../tenant/tenant.ts";

export const prebuiltPath = "/prebuilt";

/** With a query already, because SDKs append `&mode=popup`. Never the service's host. */
export function prebuiltUrl(tenant: Tenant, token: string): string {
  return `${originOf(tenant)}${prebuiltPath}?token=${token}`;
}

/** The origin of the page. Its ceremonies are accepted if its host fits the RP ID. */
export function originOf(tenant: Tenant): string {
  return new URL(tenant.apiUrl()).origin;
}

/** `redirectUrl` of track, with the result token; `undefined` if track sent none. */
export function returnUrl(action: Action | undefined, token: string): string | undefined {
  if (action?.redirectUrl === undefined) return undefined;
  const url = new URL(action.redirectUrl);
  url.searchParams.set("token", token);
  return url.href;
}
