/**
 * Queries that are built and compiled once. To build one takes several times the CPU of running it on SQLite, so the
 * queries of every request are written with slots, whose values come with each run.
 */
import { type Compilable, type CompiledQuery, type RawBuilder, sql } from "kysely";
import type { Database } from "./database.ts";

/** The value that a query is run with, under its name. */
export type SlotOf<Values> = <Name extends keyof Values & string>(name: Name) => RawBuilder<Values[Name]>;

/** @returns the rows, and of an update or a deletion how many it has changed */
export type RunQuery<Values, Row> = (
  values: Values,
) => Promise<{ readonly rows: readonly Row[]; readonly changed: number }>;

class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** @param build makes the query, once, when it is first run */
export function compileOnce<Values extends object, Row>(
  db: Database,
  build: (slot: SlotOf<Values>) => Compilable<Row>,
): RunQuery<Values, Row> {
  let compiled: CompiledQuery<Row> | undefined;
  return async (values) => {
    compiled ??= build((name) => sql`${new Slot(name)}`).compile();
    const given = new Map<string, unknown>(Object.entries(values));
    const parameters = compiled.parameters.map((one) => (one instanceof Slot ? given.get(one.name) : one));
    const { rows, numAffectedRows = 0n } = await db.executeQuery<Row>({ ...compiled, parameters });
    return { rows, changed: Number(numAffectedRows) };
  };
}
