/** What an operation of the control plane is, and what it is called with. */
import type { Input } from "../wire/input.ts";
import type { ObjectShape } from "../wire/shape.ts";
import type { Json } from "../wire/wire.ts";

/** One request to the control plane, checked against the shapes of its operation. */
export interface ControlCall {
  readonly params: Readonly<Record<string, string>>;
  /** The query, with numbers and booleans in place of their texts. */
  readonly query: Input;
  readonly body: Input;
}

export interface ControlOperation {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/emulator`. */
  readonly path: string;
  /** Members of the query. Default: none. */
  readonly query?: ObjectShape;
  /** Members of the body. Default: none. */
  readonly body?: ObjectShape;
  /** Whether the body may be as large as an exported state. */
  readonly isLarge?: boolean;
  /** Status of an answer. Default 200. */
  readonly status?: (answer: Json) => number;
  handle(call: ControlCall): Json | Promise<Json>;
}
