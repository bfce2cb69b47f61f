/** What an operation of the control plane is, and what it is called with. */
import type { Input } from "../wire/input.ts";
import type { Json } from "../wire/wire.ts";

/** One request to the control plane. */
export interface ControlCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Input;
}

export interface ControlOperation {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/emulator`. */
  readonly path: string;
  handle(call: ControlCall): Json | Promise<Json>;
}
