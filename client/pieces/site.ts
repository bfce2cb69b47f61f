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

const sites = new Map<string, { readonly site: Site; readonly options: ApiOptions }>();

/**
 * For an API on another origin or with tokens call it yourself with `options`, before the first piece of the page.
 * @param mountedAt where the router is, such as `/auth`, or a URL with `credentials: "include"`
 * @throws TypeError for options that come too late to have an effect
 */
export function siteAt(mountedAt: string, options?: ApiOptions): Site {
  const known = sites.get(mountedAt);
  if (known !== undefined) {
    const { credentials, send } = options ?? known.options;
    if (credentials === known.options.credentials && send === known.options.send) return known.site;
    throw new TypeError(`siteAt("${mountedAt}") has no effect here: call it before the first piece.`);
  }
  const api = createAccountApi(createApi(mountedAt, options));
  const site: Site = {
    api,
    ceremonies: createCeremonies({ config: api.getConfig, keepSignInReady: false }),
    reportMisconfiguration: () => void api.getConfig().then(reportMisconfiguration, () => {}),
  };
  sites.set(mountedAt, { site, options: options ?? {} });
  return site;
}
