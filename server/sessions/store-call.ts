/** Turns a callback of express-session into a promise. */
import { toStoreError } from "../http/outages.ts";

/** @throws AppError upstream_unavailable when the store cannot be used, else the store's own error */
export function storeCall<Value = void>(
  run: (done: (error?: unknown, value?: Value) => void) => void,
): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    run((error, value) => {
      if (error === undefined || error === null) resolve(value);
      else reject(toStoreError(error));
    });
  });
}
