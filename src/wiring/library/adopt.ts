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
	 * The database that FIRMSEAL_SQL has run on, through a pool that nothing else uses: a request that seals or records inside a
	 * transaction must not wait for the pool which that transaction is to release.
	 */
	readonly database: DrizzleDatabase;
	readonly keyring: Keyring;
	/** The tables with sealed() columns, by the GraphQL type of their rows; properties are named as the type's fields. */
	readonly tables: Readonly<Record<string, Table>>;
	/** What firms are called. `id` is also the name of the property, in the tables, that holds the firm's id. */
	readonly ownership: Ownership;
	/** What deriveLock answered once: without it a changed binding isn't noticed. */
	readonly lock?: SealedLock;
	/** Who asks, as the API has found out; null: no one is known to ask, and no encrypted field is answered. */
	callerOf(context: Context): Caller | null;
}

/** What an API needs of Firmseal, put together: each part is offered by itself too. */
export interface Adoption<Context extends object> extends EncryptedDirective {
	/** The response gate, for Apollo Server's plugins. A server that gets neither this nor envelopPlugin does not start, or answers nothing. */
	readonly plugin: ApolloServerPlugin<Context>;
	/** The same for GraphQL Yoga and whatever else runs plugins of Envelop: the first of its plugins. */
	readonly envelopPlugin: EnvelopGate;
	/** The columns for Drizzle's select() that the request may read. */
	readable<T extends Table>(context: Context, table: T): T['_']['columns'];
	/**
	 * The row with its encrypted fields sealed, for Drizzle's values() or set(); null removes a value. That they are written is
	 * on record before this resolves, and so before they are: an entry without its change is the harmless side.
	 * @throws FirmsealError UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT, KEY_UNAVAILABLE or AUDIT_UNAVAILABLE.
	 */
	seal<T extends Table, Row extends GivenRow>(
		context: Context,
		action: 'content.create' | 'content.update',
		table: T,
		row: Row,
	): Promise<SealedRow<T, Row>>;
	/** A further act of the request, such as content.delete; resolves when it is on record. */
	record(context: Context, act: Act): Promise<void>;
	/** For the test kit, beside registryOf(). */
	readonly columns: SealedColumns;
	readonly ownership: Ownership;
	readonly content: KeyedContent;
	readonly audit: AppendingLog;
	/** createKey() makes the key of a new firm. */
	readonly keyring: Keyring;
	/** Lets what is being recorded come to its end, and nothing more begin; then end the pool. */
	close(): Promise<void>;
}

/**
 * `@encrypted` for an API of Apollo Server or GraphQL Yoga, and Drizzle, whose words and roles are its own: docs/how-to/adopt.md.
 */
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
 * @throws SetupError for a table whose values could be stored under another firm, or a column that takes over plaintext.
 */
function columnsToSeal(tables: AdoptOptions<object>['tables'], ownership: Ownership): SealedColumns {
	for (const [typeName, table] of Object.entries(tables)) assertOwned(typeName, table as PgTable, ownership);
	const columns = sealedColumns(tables);
	const moved = columns.find(({ from }) => from);
	// A value that is only in the clear would be answered as null.
	if (moved)
		throw new SetupError(
			`${moved.typeName}.${moved.fieldName} takes over a column of plaintext, which is for the server of Firmseal: seal what is there first, and leave \`from\` out.`,
		);
	return columns;
}

/** The schema that the transformer answered last, for which the server is checked. */
class ServedSchema {
	registry: Registry | undefined;
	readonly #tables: AdoptOptions<object>['tables'];

	constructor(tables: AdoptOptions<object>['tables']) {
		this.#tables = tables;
	}

	/** @throws SetupError for a schema that isn't what the transformer answered. */
	check(schema: GraphQLSchema): void {
		if (!this.registry)
			throw new SetupError(
				"The server's schema did not go through adopt()'s transformer, so no field would be opened: give the server what transformer(schema) answers.",
			);
		assertEveryFieldWrapped(schema, this.registry);
	}

	/** The encrypted fields of a table's rows. @throws SetupError for a table that adopt() doesn't know, or before the transformer has run. */
	fieldsOf(table: Table): readonly EncryptedField[] {
		const [typeName] = Object.entries(this.#tables).find(([, known]) => known === table) ?? [];
		if (!this.registry || !typeName)
			throw new SetupError('Give adopt() every table with sealed() columns, and its transformer the schema.');
		return this.registry.ofType(typeName);
	}
}

/** A gate for each kind of server, and whether the server has taken one. */
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
	if (!id || !firm) throw new FirmsealError('INTERNAL', `A row with content came without id or ${ownership.id}.`);
	return { firm, id };
}

/**
 * @throws SetupError for a table whose values could be stored under another firm: without the CHECK of each sealed() column,
 * or with an owner that may be null, to which a CHECK says nothing.
 */
function assertOwned(typeName: string, table: PgTable, { id }: Ownership): void {
	const { name, checks, columns } = getTableConfig(table);
	const owner = getTableColumns(table)[id];
	if (!owner?.notNull)
		throw new SetupError(`${typeName} has no ${id} that is never null: give table ${name} the column.`);
	const known = new Set(checks.map((check) => check.name));
	for (const column of columns.filter(isSealed))
		if (!known.has(firmTagCheckOf(name, column)))
			throw new SetupError(
				`${name}.${column.name} has no CHECK of its firm: add ...firmTagChecks('${name}', t, t.${id}).`,
			);
}

/** @throws FirmsealError FORBIDDEN for a row of another firm than the caller's. */
function assertOwn({ authorization: { decision } }: ContentSession, owner: unknown): void {
	if (owner === undefined || (decision.allowed && decision.firm === owner)) return;
	throw new FirmsealError('FORBIDDEN', 'You may not write content of another firm.');
}
