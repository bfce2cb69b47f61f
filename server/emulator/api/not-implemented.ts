import { WireError } from "../wire/wire-error.ts";

/** An operation that the service has and the emulator does not: it says which, instead of pretending. */
export function notImplemented(name: string): () => never {
  return () => {
    throw new WireError("not_implemented", `The emulator does not implement ${name}.`);
  };
}
