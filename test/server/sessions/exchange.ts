/** A request and a response of an app, without a connection. */
import express, { type Request, type Response } from "express";

export function exchangeOf(headers: Record<string, string> = {}): {
  readonly req: Request;
  readonly res: Response;
  /** What the response would carry. */
  readonly given: ReadonlyMap<string, string>;
} {
  const app = express();
  const given = new Map<string, string>();
  const set = function set(this: unknown, name: string, value: string) {
    given.set(name, value);
    return this;
  };
  return {
    req: Object.assign(Object.create(app.request), { headers }),
    res: Object.assign(Object.create(app.response), { set }),
    given,
  };
}
