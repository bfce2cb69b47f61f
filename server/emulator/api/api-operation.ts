/** What an operation of the emulated API is, and what it is called with. */
import type { Tenant } from "../tenant/tenant.ts";
import type { ClientToken } from "../tenant/tokens.ts";
import type { Input } from "../wire/input.ts";
import type { Json } from "../wire/wire.ts";

/** An authenticated request with its parsed body. */
export interface Call {
  readonly tenant: Tenant;
  /** Decoded path parameters, by the names in the operation's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Input;
  readonly userAgent: string | undefined;
  readonly ipAddress: string | undefined;
  /** Adds a note to the journal; the answer does not show it. */
  note(text: string): void;
  /** Names the user in the journal, if neither path nor token does. */
  nameUser(userId: string | undefined): void;
}

/** A call on behalf of one user's action. */
export interface TokenCall extends Call {
  readonly token: ClientToken;
}

/** A call that may come with a token (step-up) or only with the tenant id (sign-in). */
export interface MaybeTokenCall extends Call {
  readonly token: ClientToken | undefined;
}

export interface OperationFacts {
  /** Authsignal's own name for it, in kebab-case. */
  readonly name: string;
  readonly api: "server" | "client";
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below `/v1`; `{name}` is a parameter. */
  readonly path: string;
  readonly support: "works" | "shape only" | "501";
  /** How this is known: vendor's live tests, an SDK's source, the documentation, or a guess. */
  readonly evidence: "observed" | "pinned by an SDK" | "documented" | "inferred";
  /** Title of the test that shows it. */
  readonly test: string;
}

export type Operation = OperationFacts &
  (
    | { readonly caller: "api secret" | "tenant"; handle(call: Call): Json | Promise<Json> }
    | { readonly caller: "token"; handle(call: TokenCall): Json | Promise<Json> }
    | { readonly caller: "token or tenant"; handle(call: MaybeTokenCall): Json | Promise<Json> }
    /** Public: the tenant is named in the path. */
    | { readonly caller: "anyone"; handle(call: Call): Json | Promise<Json> }
    /** Answers 501 to every caller. */
    | { readonly caller: "not checked"; handle(): never }
  );
