/**
 * needs:    http/, passkeys/.
 * does:     gives all pieces of a page one API client and one set of ceremonies: a browser runs one passkey request at a
 *           time, and two pieces that do not know each other would end each other's.
 * must not: fetch anything by itself.
 */
import { type AccountApi, createAccountApi } from "../http/account-api.ts";
import { type ApiOptions, createApi } from "../http/api.ts";
import { type Ceremonies, createCeremonies } from "../passkeys/ceremony.ts";
import { reportMisconfiguration } from "../passkeys/misconfiguration.ts";

export interface Site {
  readonly api: AccountApi;
  readonly ceremonies: Ceremonies;
  /** Tells the developer on the console what to change where passkeys cannot work at this address. */
  reportMisconfiguration(): void;
}

const sites = new Map<string, Site>();

/** @param mountedAt where the router is, such as `/auth`, or a URL with `credentials: "include"` */
export function siteAt(mountedAt: string, options?: ApiOptions): Site {
  const known = sites.get(mountedAt);
  if (known !== undefined) return known;
  const api = createAccountApi(createApi(mountedAt, options));
  const site: Site = {
    api,
    ceremonies: createCeremonies({ config: api.getConfig, keepSignInReady: false }),
    reportMisconfiguration: () => void api.getConfig().then(reportMisconfiguration, () => {}),
  };
  sites.set(mountedAt, site);
  return site;
}
