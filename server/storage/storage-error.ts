/** What keeps the storage from being opened and somebody has to put right. The message says what, and is all of it. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}
