/** What every foreign host of these tests has in common: an API of its own, with the router somewhere in it. */

import { createSdkGateway } from "../../server/authsignal/sdk-gateway.ts";
import type { PasskeysOptions } from "../../server/passkeys/index.ts";
import type { SessionPort } from "../../server/passkeys/ports/sessions.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { createSqlUsers } from "../../server/storage/stores/sql-users.ts";
import type { EmulatorFor } from "../kit/emulator-for.ts";
import type { Agent } from "../kit/flows.ts";

export interface Host {
  /** Where this host mounts the router. */
  readonly prefix: string;
  /** A new client of this host. */
  readonly agent: () => Agent;
  /** The code in this host's own error format. */
  readonly codeOf: (body: unknown) => unknown;
  readonly close?: () => Promise<void>;
}

/** Everything of the router's options that is not a host's peculiarity. */
export function commonOptions(kit: EmulatorFor, storage: Storage, sessions: SessionPort): PasskeysOptions {
  return {
    authsignal: createSdkGateway(kit.authsignal),
    users: createSqlUsers(storage.accounts, kit.now),
    sessions,
    storage,
    browser: kit.browser,
    origins: kit.origins,
    stepUpActions: ["transfer-funds"],
    now: kit.now,
  };
}

export function member(body: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined),
    body,
  );
}
