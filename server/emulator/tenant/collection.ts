/** A record that may be dropped once the clock passes `expiresAt` (milliseconds). */
export interface Expiring {
  readonly expiresAt?: number | undefined;
}

export interface Change {
  readonly collection: string;
  readonly key: string;
  /** `undefined` removes the row. */
  readonly value: unknown;
}

/** Replace a record to change it: only `put` and `delete` are written to the file. */
export interface Collection<T extends Expiring> {
  readonly name: string;
  readonly size: number;
  get(key: string): T | undefined;
  put(key: string, record: T): void;
  /** Returns the removed record, so that taking a one-time record is one step. */
  delete(key: string): T | undefined;
  values(): IterableIterator<T>;
  entries(): IterableIterator<[string, T]>;
  /** Records whose index has this value, oldest first. */
  where(index: string, value: string): T[];
  deleteWhere(index: string, value: string): void;
  dropExpired(now: number): void;
  /** What became of a record that is gone; known of the newest thousand. */
  fate(key: string): "expired" | "deleted" | undefined;
  isRecord(value: unknown): value is T;
  /** Adds a stored record without reporting a change; `false` if it is not a record of this kind. */
  restore(key: string, stored: unknown): boolean;
  clear(): void;
}

const rememberedFates = 1_000;

export interface CollectionOptions<T> {
  readonly name: string;
  /** Whether a stored value is a record of this kind: files and imports may hold anything. */
  isRecord(value: unknown): value is T;
  readonly indexes?: Readonly<Record<string, (record: T) => string | undefined>>;
  /** Beyond this number, the oldest record is dropped. */
  readonly limit?: number;
  readonly onChange?: (change: Change) => void;
  /** Called for each change with the previous record; not for loading, expiry and clearing. */
  readonly onReplace?: ((previous: T | undefined, next: T | undefined) => void) | undefined;
}

export function createCollection<T extends Expiring>(options: CollectionOptions<T>): Collection<T> {
  const { name, isRecord, indexes = {}, limit = Number.POSITIVE_INFINITY, onChange, onReplace } = options;
  const records = new Map<string, T>();
  /** When each record was created: a replaced record leaves and rejoins its indexes, and keeps its age. */
  const ages = new Map<string, number>();
  let created = 0;
  const postings = new Map<string, Map<string, Set<string>>>();
  for (const index of Object.keys(indexes)) postings.set(index, new Map());

  const forEachPosting = (record: T, visit: (keys: Map<string, Set<string>>, value: string) => void) => {
    for (const [index, read] of Object.entries(indexes)) {
      const value = read(record);
      const keys = postings.get(index);
      if (value !== undefined && keys !== undefined) visit(keys, value);
    }
  };

  const link = (key: string, record: T) =>
    forEachPosting(record, (keys, value) => {
      const posting = keys.get(value) ?? new Set();
      keys.set(value, posting.add(key));
    });

  const unlink = (key: string, record: T) =>
    forEachPosting(record, (keys, value) => {
      const posting = keys.get(value);
      posting?.delete(key);
      if (posting?.size === 0) keys.delete(value);
    });

  const set = (key: string, record: T) => {
    const previous = records.get(key);
    if (previous !== undefined) unlink(key, previous);
    else ages.set(key, created++);
    records.set(key, record);
    link(key, record);
  };

  const fates = new Map<string, "expired" | "deleted">();
  const noteFate = (key: string, fate: "expired" | "deleted") => {
    fates.delete(key);
    fates.set(key, fate);
    const [oldest] = fates.keys();
    if (fates.size > rememberedFates && oldest !== undefined) fates.delete(oldest);
  };

  const remove = (key: string): T | undefined => {
    const record = records.get(key);
    if (record === undefined) return undefined;
    records.delete(key);
    ages.delete(key);
    unlink(key, record);
    onChange?.({ collection: name, key, value: undefined });
    return record;
  };

  return {
    name,
    get size() {
      return records.size;
    },
    get: (key) => records.get(key),
    put(key, record) {
      const previous = records.get(key);
      set(key, record);
      onChange?.({ collection: name, key, value: record });
      onReplace?.(previous, record);
      if (records.size > limit) {
        const oldest = records.keys().next();
        if (!oldest.done) remove(oldest.value);
      }
    },
    delete(key) {
      const removed = remove(key);
      if (removed !== undefined) onReplace?.(removed, undefined);
      if (removed !== undefined) noteFate(key, "deleted");
      return removed;
    },
    values: () => records.values(),
    entries: () => records.entries(),
    where(index, value) {
      const keys = [...(postings.get(index)?.get(value) ?? [])];
      if (keys.length > 1) keys.sort((left, right) => (ages.get(left) ?? 0) - (ages.get(right) ?? 0));
      return keys.flatMap((key) => records.get(key) ?? []);
    },
    deleteWhere(index, value) {
      for (const key of [...(postings.get(index)?.get(value) ?? [])]) this.delete(key);
    },
    dropExpired(now) {
      for (const [key, record] of records) {
        if (record.expiresAt === undefined || record.expiresAt > now) continue;
        remove(key);
        noteFate(key, "expired");
      }
    },
    fate: (key) => fates.get(key),
    isRecord,
    restore(key, stored) {
      if (!isRecord(stored)) return false;
      set(key, stored);
      return true;
    },
    clear() {
      for (const key of [...records.keys()]) remove(key);
      fates.clear();
    },
  };
}
