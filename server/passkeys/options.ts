/** What a host gives to `createPasskeysRouter`. Nothing is read from the environment. */
import type { AuthsignalGateway } from "../authsignal/gateway.ts";
import type { SessionPort } from "../session/session-port.ts";
import type { UserDirectory } from "../users/user-directory.ts";
import type { SecurityEvent } from "./events.ts";
import type { FlowStore } from "./flow-store.ts";

export interface PasskeysRouterOptions {
  /** The way to Authsignal: `createSdkGateway({ apiSecretKey, apiUrl })`. */
  readonly authsignal: AuthsignalGateway;
  /** Your users. */
  readonly users: UserDirectory;
  /** Your sessions. */
  readonly sessions: SessionPort;
  /** What the flows remember: consumed tokens, tries. Share one between all instances of the app. */
  readonly store: FlowStore;
  /** What the browser SDK needs; served at `GET /config`. Public. */
  readonly browser: { readonly tenantId: string; readonly baseUrl: string };
  /** The origins your own pages are served from; unsafe requests of others are refused. */
  readonly origins: readonly string[];
  /** Told of every security fact. Default: nobody. */
  readonly onEvent?: (event: SecurityEvent) => void;
  /** Default: the system clock. */
  readonly now?: () => Date;
}
