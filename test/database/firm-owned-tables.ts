import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import type { Sql, TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { tables } from '../../src/database/index.ts';
import { envelopeOf, type Firm, type TwoFirms } from './two-firms.ts';

const OWNED = ['firmId', 'id', 'revision', 'deletedAt'];

/** The tables of rows that belong to a firm, by their SQL names. */
export const FIRM_OWNED: readonly string[] = Object.values(tables)
	.filter((table) => is(table, PgTable))
	.filter((table) => OWNED.every((property) => Object.hasOwn(getTableColumns(table), property)))
	.map((table) => getTableName(table));

/** Tables on which the portal has no right. */
export const HIDDEN_FROM_PORTAL = ['notes', 'comments', 'time_entries'];

/** A column in the catalogue. */
export interface Column {
	readonly name: string;
	readonly type: string;
	/** NOT NULL without a default. */
	readonly isRequired: boolean;
	/** The table of the same firm to which it refers. */
	readonly refersTo: string | null;
}

export async function columnsOf(admin: Sql, table: string): Promise<Column[]> {
	const rows = await admin`
		select a.attname as name, format_type(a.atttypid, null) as type, a.attnotnull and not a.atthasdef as required,
			(select k.confrelid::regclass::text from pg_constraint k
				where k.conrelid = a.attrelid and k.contype = 'f' and cardinality(k.conkey) = 2 and k.conkey[2] = a.attnum) as refers_to
		from pg_attribute a
		where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`;
	return rows.map(({ name, type, required, refers_to }) => ({
		name,
		type,
		isRequired: required,
		refersTo: refers_to,
	}));
}

export const sealedOf = (columns: readonly Column[]): string[] =>
	columns.filter(({ type }) => type === 'sealed').map(({ name }) => name);

let counter = 0;

/** Adds a row to any table as the superuser, with its sealed columns filled, and the rows that it refers to. */
export async function addRow(
	admin: Sql,
	table: string,
	firm: Pick<Firm, 'id' | 'author'>,
	given: Readonly<Record<string, unknown>> = {},
): Promise<string> {
	const values = await valuesOf(admin, table, firm, given);
	await admin`insert into ${admin(table)} ${admin(values)}`;
	return values.id as string;
}

export async function valuesOf(
	admin: Sql,
	table: string,
	firm: Pick<Firm, 'id' | 'author'>,
	given: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
	const values: Record<string, unknown> = { firm_id: firm.id, id: uuidv7(), ...given };
	if (table === 'comments' && !('note_id' in given)) values.note_id = await addRow(admin, 'notes', firm);
	for (const { name, type, isRequired, refersTo } of await columnsOf(admin, table)) {
		if (name in values || (!isRequired && type !== 'sealed')) continue;
		if (type === 'sealed') values[name] = envelopeOf(firm.id);
		else if (refersTo === 'memberships') values[name] = firm.author;
		else if (refersTo) values[name] = await addRow(admin, refersTo, firm);
		else values[name] = anyValue(name, type);
	}
	return values;
}

function anyValue(name: string, type: string): unknown {
	if (name === 'currency') return 'EUR';
	if (type === 'integer') return (counter++ % 200) + 1;
	if (type === 'moment') return new Date();
	return uuidv7();
}

/** What a transaction names. */
export interface Named {
	readonly firm?: string | null;
	readonly client?: string | null;
}

/** One connection for each login of an installation, until it is closed. */
const signedIn = new WeakMap<TwoFirms['installation'], Map<string, Sql>>();

function loginOf(installation: TwoFirms['installation'], role: Role): Sql {
	const login = role === 'portal' ? 'firm' : role;
	const known = signedIn.get(installation) ?? new Map<string, Sql>();
	signedIn.set(installation, known);
	const sql = known.get(login) ?? installation.signIn(login);
	known.set(login, sql);
	return sql;
}

export type Role = 'firm' | 'portal' | 'operator' | 'worker';

/** Runs a statement as a plane's role, signed in as the login that may take this role. */
export async function runAs(
	{ installation }: TwoFirms,
	role: Role,
	{ firm, client }: Named,
	statement: string | ((tx: TransactionSql) => Promise<unknown>),
	// biome-ignore lint/suspicious/noExplicitAny: rows of any statement
): Promise<any> {
	return loginOf(installation, role).begin(async (tx) => {
		await tx`select set_config('role', ${`firmseal_${role}`}, true), set_config('firmseal.firm', ${firm ?? ''}, true),
			set_config('firmseal.client', ${client ?? ''}, true)`;
		return typeof statement === 'string' ? tx.unsafe(statement) : statement(tx);
	});
}
