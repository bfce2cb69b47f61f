/** Prefixed names in a host's database: code says `grants`, the database has `passkeys_grants`. */
import {
  type AlterTableNode,
  type CreateIndexNode,
  type DropConstraintNode,
  IdentifierNode,
  type Kysely,
  type KyselyPlugin,
  type OperationNode,
  OperationNodeTransformer,
  type PrimaryKeyConstraintNode,
  type ReferencesNode,
  SchemableIdentifierNode,
  TableNode,
  type UniqueConstraintNode,
  WithSchemaPlugin,
} from "kysely";
import { StorageError } from "../storage-error.ts";
import { leftOutPart, type Part, partsOnRequest } from "./parts.ts";

export interface OwnNames {
  /** Begins the name of every table and index. */
  readonly prefix: string;
  /** The PostgreSQL schema that they are in; null in SQLite, which has none. */
  readonly schema: string | null;
  /** Tables that are not made. A query on one is refused with a sentence. */
  readonly leftOut: ReadonlySet<Part>;
}

/** What each database was opened without, by its plugin: one made of it with further plugins has that as well. */
const partsLeftOut = new WeakMap<KyselyPlugin, ReadonlySet<Part>>();

export function isLeftOut<Tables>(db: Kysely<Tables>, table: string): boolean {
  const { plugins } = db.getExecutor();
  return plugins.some((plugin) => leftOutPart(partsLeftOut.get(plugin) ?? new Set(), table) !== null);
}

/** A schema that marks tables first, as opposed to aliases and `excluded`; the real name replaces it. */
const toPrefix = "to be prefixed";

/**
 * SQLite's name of the file. Every table is written with a schema: Kysely hands a query within a query to its plugins
 * twice, and what has a schema has been prefixed.
 */
const sqliteSchema = "main";

/** Puts prefix and schema before the tables, indexes and named keys of queries and migrations. Not into raw SQL. */
export function withOwnNames<Tables>(db: Kysely<Tables>, names: OwnNames): Kysely<Tables> {
  const transformer = new PrefixTransformer(names);
  const prefixing: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => transformer.transformNode(node, queryId),
    transformResult: async ({ result }) => result,
  };
  partsLeftOut.set(prefixing, names.leftOut);
  return db.withPlugin(new WithSchemaPlugin(toPrefix)).withPlugin(prefixing);
}

class PrefixTransformer extends OperationNodeTransformer {
  readonly #prefix: string;
  readonly #schema: string | null;
  readonly #leftOut: ReadonlySet<Part>;

  constructor({ prefix, schema, leftOut }: OwnNames) {
    super();
    this.#prefix = prefix;
    this.#schema = schema;
    this.#leftOut = leftOut;
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode): SchemableIdentifierNode {
    if (node.schema?.name !== toPrefix) return node;
    const part = leftOutPart(this.#leftOut, node.identifier.name);
    if (part !== null)
      throw new StorageError(
        `There is no table "${this.#prefix}${node.identifier.name}": openStorage was called ${howLeftOut(part)}`,
      );
    const { name } = this.#own(node.identifier);
    return SchemableIdentifierNode.createWithSchema(this.#schema ?? sqliteSchema, name);
  }

  protected override transformAlterTable(...[node, queryId]: Visit<AlterTableNode>): AlterTableNode {
    const transformed = super.transformAlterTable(node, queryId);
    if (node.renameTo === undefined) return transformed;
    const { name } = this.#own(node.renameTo.table.identifier);
    return { ...transformed, renameTo: TableNode.create(name) };
  }

  protected override transformCreateIndex(...[node, queryId]: Visit<CreateIndexNode>): CreateIndexNode {
    const { table, ...transformed } = super.transformCreateIndex(node, queryId);
    const named = { ...transformed, name: this.#own(node.name) };
    return table === undefined ? named : { ...named, table: this.#withinItsFile(table) };
  }

  protected override transformReferences(...[node, queryId]: Visit<ReferencesNode>): ReferencesNode {
    const transformed = super.transformReferences(node, queryId);
    return { ...transformed, table: this.#withinItsFile(transformed.table) };
  }

  // In PostgreSQL the index behind a named key has the key's name.
  protected override transformPrimaryKeyConstraint(
    ...[node, queryId]: Visit<PrimaryKeyConstraintNode>
  ): PrimaryKeyConstraintNode {
    const transformed = super.transformPrimaryKeyConstraint(node, queryId);
    return node.name === undefined ? transformed : { ...transformed, name: this.#own(node.name) };
  }

  protected override transformUniqueConstraint(
    ...[node, queryId]: Visit<UniqueConstraintNode>
  ): UniqueConstraintNode {
    const transformed = super.transformUniqueConstraint(node, queryId);
    return node.name === undefined ? transformed : { ...transformed, name: this.#own(node.name) };
  }

  protected override transformDropConstraint(
    ...[node, queryId]: Visit<DropConstraintNode>
  ): DropConstraintNode {
    const transformed = super.transformDropConstraint(node, queryId);
    return { ...transformed, constraintName: this.#own(node.constraintName) };
  }

  /** SQLite's indexes and foreign keys can only name a table of the same file, and take no schema. */
  #withinItsFile({ table }: TableNode): TableNode {
    if (this.#schema !== null) return TableNode.createWithSchema(this.#schema, table.identifier.name);
    return TableNode.create(table.identifier.name);
  }

  #own({ name }: IdentifierNode): IdentifierNode {
    return IdentifierNode.create(`${this.#prefix}${name}`);
  }
}

type Visit<Node extends OperationNode> = [
  node: Node,
  queryId?: Parameters<OperationNodeTransformer["transformNode"]>[1],
];

function howLeftOut(part: Part): string {
  if (partsOnRequest.has(part)) return `without \`tables: { ${part}: true }\`, which makes it.`;
  return `with \`tables: { ${part}: false }\`. Leave that out, or use what you have in its place.`;
}
