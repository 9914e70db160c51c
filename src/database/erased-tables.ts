import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import * as tables from './tables/index.ts';

/**
 * The types that can be erased by themselves, besides a firm, and their tables. Rows of other content tables are erased with the rows that
 * they name. secure_erasure() of drizzle/0013_erasure.sql passes this list to the database.
 */
export const ERASABLE_TABLES = {
	Client: 'clients',
	Document: 'documents',
	Thread: 'threads',
	Message: 'messages',
	Comment: 'comments',
	Note: 'notes',
	Invoice: 'invoices',
	TimeEntry: 'time_entries',
} as const;

export type ErasableType = 'Firm' | keyof typeof ERASABLE_TABLES;

export const ERASABLE_TYPES = ['Firm', ...Object.keys(ERASABLE_TABLES)] as readonly ErasableType[];

export interface ErasedTable {
	readonly table: string;
	/** The column whose values identify the rows to delete. */
	readonly key: string;
	/** Rows are erased with the row that one of these columns names, in that content table. */
	readonly goesWith: readonly { readonly column: string; readonly table: string }[];
}

const OWNED = ['firmId', 'id', 'revision', 'deletedAt'];
const content = Object.values<unknown>(tables)
	.filter((table) => is(table, PgTable))
	.filter((table) => OWNED.every((property) => Object.hasOwn(getTableColumns(table), property)));

const foreignKeysOf = (table: PgTable) => getTableConfig(table).foreignKeys.map((key) => key.reference());

/** Sorts tables so that each comes before those that its foreign keys name. */
function childrenFirst(all: readonly PgTable[]): readonly PgTable[] {
	const named = new Set(all.flatMap(foreignKeysOf).map(({ foreignTable }) => foreignTable));
	const first = all.filter((table) => !named.has(table));
	if (first.length === 0 && all.length > 0)
		throw new Error(`Content tables refer to each other in a cycle: ${all.map(getTableName).join(', ')}.`);
	return first.length === 0 ? [] : [...first, ...childrenFirst(all.filter((table) => named.has(table)))];
}

/** `beside`: columns that name a content row without a foreign key. */
function erased(table: PgTable, key: string, beside: ErasedTable['goesWith'] = []): ErasedTable {
	const byKeys = foreignKeysOf(table)
		.filter(({ foreignTable }) => content.includes(foreignTable))
		.map(({ columns, foreignTable }) => ({ column: columns.at(-1)?.name ?? '', table: getTableName(foreignTable) }));
	return { table: getTableName(table), key, goesWith: [...byKeys, ...beside] };
}

const ofDocument = { column: 'document_id', table: 'documents' };

/**
 * Every table from which an erasure deletes rows, in the order of deletion: a row goes before the rows that it refers to. Content names its
 * authors, and both name clients. test/database/erased-tables.test.ts lists the tables that stay, and why.
 */
export const ERASED_TABLES: readonly ErasedTable[] = [
	erased(tables.shares, 'id'),
	erased(tables.downloadTickets, 'document_id', [ofDocument]),
	// An object is not erased with the client whose user uploaded it.
	erased(tables.storedObjects, 'tag', [ofDocument]),
	...childrenFirst(content.filter((table) => table !== tables.clients)).map((table) => erased(table, 'id')),
	erased(tables.invitations, 'id', [{ column: 'client_id', table: 'clients' }]),
	erased(tables.memberships, 'user_id'),
	erased(tables.clients, 'id'),
	erased(tables.accessPolicies, 'firm_id'),
	erased(tables.firmSignIns, 'firm_id'),
	erased(tables.leaseTexts, 'lease_id'),
	erased(tables.leaseDecisionTexts, 'id'),
	erased(tables.custodyWraps, 'firm_id'),
	erased(tables.recoveryShares, 'person'),
	erased(tables.deviceRequests, 'id'),
	erased(tables.ownerProposals, 'id'),
	erased(tables.keyLogNames, 'person'),
];
