/** Calls express-session's stores: by promise, and apart from other session middleware over the same store. */
import type { Request } from "express";
import { type Cookie, type Session, type SessionData, Store } from "express-session";
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

/**
 * @returns the session or marker under this name, or null
 * @throws AppError upstream_unavailable when the store cannot be used, else the store's own error
 */
export async function readFrom(store: Store, sid: string): Promise<SessionData | null> {
  return (await storeCall<SessionData | null>((done) => store.get(sid, unlessMissing(done)))) ?? null;
}

/** @throws AppError upstream_unavailable when the store cannot be used, else the store's own error */
export async function destroyIn(store: Store, sid: string): Promise<void> {
  await storeCall((done) => store.destroy(sid, unlessMissing(done)));
}

/**
 * The life of a row, as every store reads it: some take `expires`, some `maxAge`, some `originalMaxAge`, and keep a row for
 * one day when the one they know is missing.
 */
export function cookieLasting(lifeMs: number, from: number = Date.now()): Cookie {
  return { originalMaxAge: lifeMs, maxAge: lifeMs, expires: new Date(from + lifeMs) };
}

type Done = (error?: unknown) => void;

/** Stores over files answer `ENOENT` for a session that is not there; express-session takes that for none, too. */
export function unlessMissing<Value>(done: (error?: unknown, value?: Value) => void) {
  return (error?: unknown, value?: Value): void => {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    done(isMissing ? undefined : error, value);
  };
}

/**
 * The same sessions, for one middleware alone. express-session puts its settings of the cookie into the store
 * (`generate`), where the middleware that was made last wins: other brands, and the host's own sessions over this store,
 * would get its `Secure`, `HttpOnly` and life, or give theirs to us.
 */
export class StoreView extends Store {
  readonly #inner: Store;
  /** Sessions that were read or written: every other one is not in the store. */
  readonly #stored = new WeakSet<object>();
  /** Set by express-session. */
  declare generate: (req: Request) => void;
  /** Only in a view of a store that has it: express-session asks whether it is there. */
  override touch?: (sid: string, session: SessionData, done?: () => void) => void;

  constructor(inner: Store) {
    super();
    this.#inner = inner;
    if (inner.touch !== undefined) this.touch = (...call) => inner.touch?.(...call);
    viewsOf(inner).add(this);
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#inner.get(sid, done);
  }

  override set(sid: string, session: SessionData, done?: Done): void {
    this.#stored.add(session);
    this.#inner.set(sid, session, done);
  }

  override destroy(sid: string, done?: Done): void {
    this.#inner.destroy(sid, done);
  }

  /** The store may remember which sessions it has read. */
  override createSession(req: Request, data: SessionData): Session & SessionData {
    const session = this.#inner.createSession(req, data);
    this.#stored.add(session);
    return session;
  }

  /** Most sign-ins rotate a session that was made for the request and never stored: there is nothing to delete. */
  override regenerate(req: Request, done: Done): void {
    if (this.#stored.has(req.session)) super.regenerate(req, done);
    else {
      this.generate(req);
      done();
    }
  }
}

const views = new WeakMap<Store, Set<StoreView>>();

/** One listener for each event of a store, however many views there are. */
function viewsOf(store: Store): Set<StoreView> {
  const known = views.get(store);
  if (known !== undefined) return known;
  const made = new Set<StoreView>();
  views.set(store, made);
  for (const event of ["connect", "disconnect"]) {
    store.on(event, () => {
      for (const view of made) view.emit(event);
    });
  }
  return made;
}
