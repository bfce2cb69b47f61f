/** An express-session store that is there before the storage is open. */
import type { Request } from "express";
import { type Session, type SessionData, Store } from "express-session";
import { settle } from "../../http/settle.ts";

type Done = (error?: unknown) => void;

export class LazySessionStore extends Store {
  readonly #open: () => Promise<Store>;
  /** The store that knows which sessions it has read: see its `set`. */
  #inner: Store | null = null;

  constructor(open: () => Promise<Store>) {
    super();
    this.#open = open;
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.#use((store) => store.get(sid, done), done);
  }

  override set(sid: string, session: SessionData, done?: Done): void {
    this.#use((store) => store.set(sid, session, done), done);
  }

  override destroy(sid: string, done?: Done): void {
    this.#use((store) => store.destroy(sid, done), done);
  }

  override touch(sid: string, session: SessionData, done?: () => void): void {
    this.#use((store) => (store.touch === undefined ? done?.() : store.touch(sid, session, done)), done);
  }

  /** Called with what `get` has answered, so the store is open. */
  override createSession(req: Request, data: SessionData): Session & SessionData {
    return this.#inner?.createSession(req, data) ?? super.createSession(req, data);
  }

  #use(work: (store: Store) => void, done: Done | undefined): void {
    if (this.#inner !== null) work(this.#inner);
    else
      void settle(
        this.#open().then((store) => {
          this.#inner = store;
        }),
        (error) => {
          if (this.#inner === null) done?.(error);
          else work(this.#inner);
        },
      );
  }
}
