/** Answers 501 with the name of an operation that Authsignal has and the emulator does not. */
import { WireError } from "../wire/wire-error.ts";

export function notImplemented(name: string): () => never {
  return () => {
    throw new WireError("not_implemented", `The emulator does not implement ${name}.`);
  };
}
