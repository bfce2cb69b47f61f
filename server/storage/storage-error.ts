/** A fault that keeps the storage from opening until an operator has mended it. The message says what to do. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}
