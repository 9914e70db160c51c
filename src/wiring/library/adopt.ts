import type { ApolloServerPlugin } from '@apollo/server';
import { getTableColumns, type Table } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import type { GraphQLSchema } from 'graphql';
import type { Act } from '../../audit/index.ts';
import type { AppendingLog } from '../../audit-log/index.ts';
import type { ContentSession, KeyedContent } from '../../content/index.ts';
import { firmTagCheckOf, isSealed, sealedColumns } from '../../database/sealed.ts';
import {
	assertEveryFieldWrapped,
	contentSessionOf,
	type EncryptedDirective,
	type EncryptedField,
	type EnvelopGate,
	encryptedDirective,
	envelopGate,
	type GateOptions,
	type Ownership,
	type Registry,
	type RowIdentity,
	requireGate,
	responseGate,
	type SealedColumns,
	type SealedLock,
} from '../../encryption-directive/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';
import type { Keyring } from '../../keys/index.ts';
import {
	auditLogIn,
	type Caller,
	type DrizzleDatabase,
	dataKeyStoreIn,
	type GivenRow,
	principalOfCaller,
	readableColumns,
	type SealedRow,
	sealRow,
} from '../../library/index.ts';
import { createContent } from './create-content.ts';

export interface AdoptOptions<Context extends object> {
	/**
	 * The database on which FIRMSEAL_SQL was run, with a pool that nothing else uses: otherwise a request that seals or records within a
	 * transaction could wait for a connection that the transaction holds.
	 */
	readonly database: DrizzleDatabase;
	readonly keyring: Keyring;
	/** The tables with sealed() columns, by the GraphQL type of their rows. Their properties have the names of the type's fields. */
	readonly tables: Readonly<Record<string, Table>>;
	/** What a firm is called. `id` is also the name of the property of the tables that holds the firm's id. */
	readonly ownership: Ownership;
	/** The result of deriveLock(), stored once. Without it, a changed binding goes unnoticed. */
	readonly lock?: SealedLock;
	/** The caller, as the API has identified them. If null, no encrypted field is answered. */
	callerOf(context: Context): Caller | null;
}

/** All parts of Firmseal that an API needs. Each part is also exported by itself. */
export interface Adoption<Context extends object> extends EncryptedDirective {
	/** The response gate for Apollo Server. A server with neither this plugin nor envelopPlugin does not start, or answers nothing. */
	readonly plugin: ApolloServerPlugin<Context>;
	/** The response gate for GraphQL Yoga and other servers with Envelop plugins. It must be the first plugin. */
	readonly envelopPlugin: EnvelopGate;
	/** The columns that the request may read, for Drizzle's select(). */
	readable<T extends Table>(context: Context, table: T): T['_']['columns'];
	/**
	 * Seals the encrypted fields of a row, for Drizzle's values() or set(); null removes a value. The write is in the audit log before this
	 * resolves, and so before the write itself: an entry without its change is harmless, a change without an entry is not.
	 * @throws FirmsealError UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT, KEY_UNAVAILABLE or AUDIT_UNAVAILABLE
	 */
	seal<T extends Table, Row extends GivenRow>(
		context: Context,
		action: 'content.create' | 'content.update',
		table: T,
		row: Row,
	): Promise<SealedRow<T, Row>>;
	/** Records a further act of the request, such as content.delete. Resolves when the audit entry is durable. */
	record(context: Context, act: Act): Promise<void>;
	/** For the test kit, together with registryOf(). */
	readonly columns: SealedColumns;
	readonly ownership: Ownership;
	readonly content: KeyedContent;
	readonly audit: AppendingLog;
	/** Its createKey() creates the key of a new firm. */
	readonly keyring: Keyring;
	/** Finishes the audit entries under way and accepts no more. End the pool after that. */
	close(): Promise<void>;
}

/** Adds `@encrypted` to an API that uses Apollo Server or GraphQL Yoga, and Drizzle, and has names and roles of its own: docs/how-to/adopt.md. */
export function adopt<Context extends object>(options: AdoptOptions<Context>): Adoption<Context> {
	const { database, keyring, tables, ownership, lock, callerOf } = options;
	const columns = columnsToSeal(tables, ownership);
	const audit = auditLogIn(database);
	const content = createContent({ keyring, store: dataKeyStoreIn(database), audit, columns });
	const directive = encryptedDirective<Context, ContentSession>({
		columns,
		content,
		ownership,
		lock,
		capabilityOf: contentSessionOf,
		rowOf: (row) => rowIdentityOf(row, ownership),
	});
	const served = new ServedSchema(tables);
	const gates = createGates<Context>({
		contentOf: () => content,
		principalOf(context) {
			const caller = callerOf(context);
			return caller && principalOfCaller(caller);
		},
		checkSchema: (schema) => served.check(schema),
	});
	return {
		...directive,
		columns,
		ownership,
		content,
		audit,
		keyring,
		get plugin() {
			return gates.takeApollo();
		},
		get envelopPlugin() {
			return gates.takeEnvelop();
		},
		transformer(schema) {
			const transformed = directive.transformer(schema);
			served.registry = directive.registryOf(transformed);
			requireGate(transformed, gates.isOneTaken);
			return transformed;
		},
		readable: (context, table) => readableColumns(table, served.fieldsOf(table), contentSessionOf(context)),
		async seal(context, action, table, row) {
			const session = contentSessionOf(context);
			const fields = served.fieldsOf(table);
			assertOwn(session, (row as Readonly<Record<string, unknown>>)[ownership.id]);
			const sealed = await sealRow(content, session, fields, row);
			const coordinates = fields
				.filter(({ fieldName }) => Object.hasOwn(sealed, fieldName))
				.map(({ coordinate }) => coordinate);
			if (coordinates.length > 0) await content.record(session, { action, coordinates, records: [row.id] });
			return { ...row, ...sealed } as never;
		},
		record: (context, act) => content.record(contentSessionOf(context), act),
		close: () => audit.close(),
	};
}

/**
 * The sealed() columns of the tables.
 * @throws SetupError if values of a table could be stored under another firm, or if a column replaces a plaintext column
 */
function columnsToSeal(tables: AdoptOptions<object>['tables'], ownership: Ownership): SealedColumns {
	for (const [typeName, table] of Object.entries(tables)) assertOwned(typeName, table as PgTable, ownership);
	const columns = sealedColumns(tables);
	const moved = columns.find(({ from }) => from);
	// A value that exists only as plaintext would be answered as null.
	if (moved)
		throw new SetupError(
			`${moved.typeName}.${moved.fieldName} takes over a column of plaintext, which only the server of Firmseal can do: seal the existing values first, and leave \`from\` out.`,
		);
	return columns;
}

/** The schema that the transformer returned last. The schema of the server is compared with it. */
class ServedSchema {
	registry: Registry | undefined;
	readonly #tables: AdoptOptions<object>['tables'];

	constructor(tables: AdoptOptions<object>['tables']) {
		this.#tables = tables;
	}

	/** @throws SetupError if the transformer did not return this schema */
	check(schema: GraphQLSchema): void {
		if (!this.registry)
			throw new SetupError(
				"The server's schema did not go through adopt()'s transformer, so no field would be opened: give the server the result of transformer(schema).",
			);
		assertEveryFieldWrapped(schema, this.registry);
	}

	/** The encrypted fields of a table's rows. @throws SetupError if adopt() doesn't know the table, or the transformer has not run */
	fieldsOf(table: Table): readonly EncryptedField[] {
		const [typeName] = Object.entries(this.#tables).find(([, known]) => known === table) ?? [];
		if (!this.registry || !typeName)
			throw new SetupError('Give adopt() every table with sealed() columns, and its transformer the schema.');
		return this.registry.ofType(typeName);
	}
}

/** A gate for each kind of server. Records whether the server has taken one of them. */
function createGates<Context extends object>(options: GateOptions<Context>) {
	const plugin: ApolloServerPlugin<Context> = responseGate(options);
	const envelopPlugin = envelopGate(options);
	let isTaken = false;
	return {
		isOneTaken: () => isTaken,
		takeApollo() {
			isTaken = true;
			return plugin;
		},
		takeEnvelop() {
			isTaken = true;
			return envelopPlugin;
		},
	};
}

function rowIdentityOf(row: unknown, ownership: Ownership): RowIdentity {
	const { id, [ownership.id]: firm } = row as Readonly<Record<string, string | undefined>>;
	if (!id || !firm) throw new FirmsealError('INTERNAL', `A row with content has no id or no ${ownership.id}.`);
	return { firm, id };
}

/**
 * @throws SetupError if values of the table could be stored under another firm: if a sealed() column has no CHECK, or if the owner may be null,
 * which a CHECK does not refuse
 */
function assertOwned(typeName: string, table: PgTable, { id }: Ownership): void {
	const { name, checks, columns } = getTableConfig(table);
	const owner = getTableColumns(table)[id];
	if (!owner?.notNull) throw new SetupError(`${typeName} has no NOT NULL ${id}: add the column to table ${name}.`);
	const known = new Set(checks.map((check) => check.name));
	for (const column of columns.filter(isSealed))
		if (!known.has(firmTagCheckOf(name, column)))
			throw new SetupError(
				`${name}.${column.name} has no CHECK of its firm: add ...firmTagChecks('${name}', t, t.${id}).`,
			);
}

/** @throws FirmsealError FORBIDDEN if the row is of another firm than the caller */
function assertOwn({ authorization: { decision } }: ContentSession, owner: unknown): void {
	if (owner === undefined || (decision.allowed && decision.firm === owner)) return;
	throw new FirmsealError('FORBIDDEN', 'You may not write content of another firm.');
}
