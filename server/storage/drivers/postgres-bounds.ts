/** What keeps a server that is slow or silent from holding requests up. */
export interface PostgresBounds {
  /** How long a query may take, in milliseconds. */
  readonly queryMs: number;
  /** Of a pool that this package opens: how many connections, and how long a query waits for one. */
  readonly maxConnections: number;
  readonly connectMs: number;
}

export const defaultBounds: PostgresBounds = { queryMs: 5000, maxConnections: 10, connectMs: 3000 };
