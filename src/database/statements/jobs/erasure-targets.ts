import { type SQL, sql } from 'drizzle-orm';
import {
	ERASABLE_TABLES,
	ERASABLE_TYPES,
	ERASED_TABLES,
	type ErasableType,
	type ErasedTable,
} from '../../erased-tables.ts';
import type { Transaction } from '../../plane.ts';
import { plaintextColumn } from '../../sealed.ts';
import { selectNumber } from '../../single-row.ts';
import { documentVersions } from '../../tables/index.ts';
import type { IdRange } from '../columns/stale-values.ts';
import { selectPageEnd } from '../page-end.ts';

/** A firm, or a row with everything that belongs to it. */
export interface ErasureTarget {
	readonly firm: string;
	readonly type: ErasableType;
	/** Id of the firm or of the row. */
	readonly id: string;
}

interface Part extends ErasedTable {
	/** Condition on the rows to erase. */
	readonly goes: SQL;
}

/** The tables in the order of deletion. The conditions read only ids, so that a role that sees nothing else can count the rows too. */
const partsOf = (erasing: ErasureTarget): readonly Part[] =>
	ERASED_TABLES.map((part) => ({ ...part, goes: goesOf(part.table, erasing) ?? sql`false` }));

/**
 * Null if the table has no rows to erase. erase_rows() of drizzle/0013_erasure.sql deletes only rows that rows_of_subject() names, so that
 * function must name every row that this condition does.
 */
function goesOf(table: string, erasing: ErasureTarget): SQL | null {
	const { firm, type, id } = erasing;
	if (type === 'Firm') return sql`true`;
	const goesWith = ERASED_TABLES.find((each) => each.table === table)?.goesWith ?? [];
	const conditions = goesWith.flatMap(({ column, table: parent }) => {
		// Compares the id itself, because a column without a foreign key may name a row that is already gone.
		if (parent === ERASABLE_TABLES[type]) return [sql`${sql.identifier(column)} = ${id}`];
		const goes = goesOf(parent, erasing);
		const ids = sql`select id from public.${sql.identifier(parent)} where firm_id = ${firm} and ${goes}`;
		return goes ? [sql`${sql.identifier(column)} in (${ids})`] : [];
	});
	if (ERASABLE_TABLES[type] === table) conditions.push(sql`id = ${id}`);
	return conditions.length > 0 ? sql`(${sql.join(conditions, sql` or `)})` : null;
}

/** Rows here are deleted with their objects, before all others. */
const OBJECTS = 'stored_objects';

/** Tables that only a job sees. */
const VISIBLE_TO_JOBS_ONLY: ReadonlySet<string> = new Set([
	'download_tickets',
	'invitations',
	'firm_sign_ins',
	'custody_wraps',
	'recovery_shares',
	'device_requests',
	'owner_proposals',
	'key_log_names',
]);

const VERSIONS = 'document_versions';

/** Rows to erase by table; leaves out zeros. `whole`: counts as a job; otherwise counts what the operator's plane sees. */
export async function countErasureRows(
	tx: Transaction,
	erasing: ErasureTarget,
	{ whole }: { readonly whole: boolean },
): Promise<Readonly<Record<string, number>>> {
	const counts: Record<string, number> = {};
	for (const { table, goes } of partsOf(erasing)) {
		if (VISIBLE_TO_JOBS_ONLY.has(table) && !whole) continue;
		const { rows } = await tx.execute(sql`
			select count(*)::float8 as count from public.${sql.identifier(table)} where firm_id = ${erasing.firm} and ${goes}`);
		const count = Number(rows[0]?.count ?? 0);
		if (count > 0) counts[table] = count;
	}
	return counts;
}

/** Rows of ids, times and counts that an erasure keeps. countLeasesOf() counts leases, for a role that may see them. */
export async function countRetainedRows(tx: Transaction, firm: string): Promise<Readonly<Record<string, number>>> {
	const { rows } = await tx.execute(sql`
		select (select count(*) from public.jobs where firm_id = ${firm})::float8 as jobs,
			(select count(*) from public.data_keys where firm_id = ${firm})::float8 as data_keys`);
	return rows[0] as unknown as Record<string, number>;
}

export const countLeasesOf = (tx: Transaction, firm: string): Promise<number> =>
	selectNumber(tx, sql`select count(*)::float8 as count from public.leases where firm_id = ${firm}`);

/**
 * Turns the rows into tombstones without content, so that from the commit on no one can open them or add to them. `sealed`: names of a table's
 * sealed columns.
 */
export async function hideErasureTarget(
	tx: Transaction,
	erasing: ErasureTarget,
	sealed: (table: string) => readonly string[],
): Promise<void> {
	const hidden = new Set<string>(Object.values(ERASABLE_TABLES));
	for (const { table, goes } of partsOf(erasing)) {
		if (!hidden.has(table)) continue;
		const emptied = sealed(table).map((column) => sql`, ${sql.identifier(column)} = null`);
		await tx.execute(sql`
			update public.${sql.identifier(table)} set deleted_at = clock_timestamp()${sql.join(emptied)}
			where firm_id = ${erasing.firm} and deleted_at is null and ${goes}`);
	}
}

export interface ErasedPage {
	readonly table: string;
	/** Number of deleted rows. */
	readonly count: number;
	/** Values of the table's key column. */
	readonly ids: readonly string[];
}

/**
 * Deletes a page of rows from the first table that has any, so that a row that appeared meanwhile goes before the rows that it refers to. Null if
 * nothing is left. `OBJECTS`: rows of objects are left, which the caller deletes with the objects. `CLEAR`: a version appeared meanwhile whose file
 * is in plaintext, and only its row says where. `KEPT`: the database refuses to delete the rows.
 */
export async function eraseNextPage(
	tx: Transaction,
	erasing: ErasureTarget,
	most: number,
): Promise<ErasedPage | 'OBJECTS' | 'CLEAR' | 'KEPT' | null> {
	for (const part of partsOf(erasing)) {
		const page = await eraseOf(tx, erasing, part, most);
		if (page) return page;
	}
	return null;
}

async function eraseOf(
	tx: Transaction,
	erasing: ErasureTarget,
	part: Part,
	most: number,
): Promise<ErasedPage | 'OBJECTS' | 'CLEAR' | 'KEPT' | null> {
	const { firm, type } = erasing;
	const { table, key, goes } = part;
	const of = sql`public.${sql.identifier(table)}`;
	const which = sql`firm_id = ${firm} and ${goes}`;
	const plain = table === VERSIONS ? plaintextColumn(documentVersions.objectKey) : null;
	const isClear = plain ? sql`${sql.identifier(plain.name)} is not null` : sql`false`;
	if (table === OBJECTS) {
		const { rows } = await tx.execute(sql`select 1 from ${of} where ${which} limit 1`);
		return rows.length > 0 ? 'OBJECTS' : null;
	}
	const id = sql.identifier(key);
	const { rows } = await tx.execute(
		sql`select distinct ${id} as id, ${isClear} as clear from ${of} where ${which} order by ${id} limit ${most}`,
	);
	if (rows.some((row) => row.clear === true)) return 'CLEAR';
	const ids = rows.map((row) => row.id as string);
	if (ids.length === 0) return null;
	if (table === 'memberships') await anonymizeAccounts(tx, ids);
	const among = sql`${id} = any(${sql.param(ids)}::uuid[])`;
	// What a client's users wrote elsewhere stays with the firm and keeps its author's id, so their memberships stay.
	const removed = sql`
		update ${of} set client_id = null, removed_at = coalesce(removed_at, now()), mac = null where firm_id = ${firm} and ${among}`;
	const count =
		table === 'memberships' && type === 'Client'
			? ((await tx.execute(removed)).rowCount ?? 0)
			: await eraseRows(tx, table, key, ids);
	if (count > 0) return { table, count, ids };
	const { rows: left } = await tx.execute(sql`select 1 from ${of} where ${which} and ${among} limit 1`);
	// Another transaction may have deleted the rows since, for example expired invitations and tickets.
	return left.length > 0 ? 'KEPT' : eraseOf(tx, erasing, part, most);
}

/** Deletes rows by the owner's function, which checks that an erasing job runs. Returns the number of deleted rows. */
const eraseRows = (tx: Transaction, table: string, key: string, ids: readonly string[]): Promise<number> =>
	selectNumber(tx, sql`select public.erase_rows(${table}, ${key}, ${sql.param([...ids])}::uuid[])::float8 as gone`);

/** Disables the accounts and removes everything but their ids. */
async function anonymizeAccounts(tx: Transaction, users: readonly string[]): Promise<void> {
	await tx.execute(sql`
		update public.users set issuer = 'erased', subject = id::text, email = id::text || '@erased.invalid', name = 'Erased',
			disabled_at = clock_timestamp()
		where id = any(${sql.param([...users])}::uuid[])`);
}

/** The type of a row by its id; null if the firm has no such row. */
export async function selectErasableType(tx: Transaction, firm: string, id: string): Promise<ErasableType | null> {
	for (const type of ERASABLE_TYPES) if (await doesTargetExist(tx, { firm, type, id })) return type;
	return null;
}

async function doesTargetExist(tx: Transaction, { firm, type, id }: ErasureTarget): Promise<boolean> {
	if (type === 'Firm') return false;
	const table = ERASABLE_TABLES[type];
	const { rows } = await tx.execute(
		sql`select 1 from public.${sql.identifier(table)} where firm_id = ${firm} and id = ${id}`,
	);
	return rows.length > 0;
}

/** Whether one target contains the other or equals it. */
export async function doErasuresOverlap(tx: Transaction, one: ErasureTarget, other: ErasureTarget): Promise<boolean> {
	if (one.firm !== other.firm) return false;
	if (one.type === 'Firm' || other.type === 'Firm' || one.id === other.id) return true;
	return (await containsTarget(tx, one, other)) || containsTarget(tx, other, one);
}

async function containsTarget(tx: Transaction, whole: ErasureTarget, { type, id }: ErasureTarget): Promise<boolean> {
	const part = partsOf(whole).find(({ table }) => type !== 'Firm' && table === ERASABLE_TABLES[type]);
	if (!part) return false;
	const { rows } = await tx.execute(sql`
		select 1 from public.${sql.identifier(part.table)} where firm_id = ${whole.firm} and id = ${id} and ${part.goes}`);
	return rows.length > 0;
}

/** A version with a file among the rows to erase. */
export interface ErasureFile {
	readonly id: string;
	readonly objectKey: Uint8Array;
	/** Whether a row of stored_objects exists for the version. */
	readonly isTagged: boolean;
}

export async function selectErasureFiles(
	tx: Transaction,
	erasing: ErasureTarget,
	{ after, upto }: IdRange,
): Promise<ErasureFile[]> {
	const part = partsOf(erasing).find(({ table }) => table === VERSIONS);
	const { rows } = await tx.execute(sql`
		select v.id, v.object_key, exists (select from public.stored_objects o where o.version_id = v.id and o.firm_id = ${erasing.firm}) as tagged
		from public.document_versions v
		where v.firm_id = ${erasing.firm} and v.object_key is not null and (${after}::uuid is null or v.id > ${after}::uuid) and v.id <= ${upto}::uuid
			and ${part?.goes ?? sql`false`}
		order by v.id`);
	return rows.map(({ id, object_key, tagged }) => ({
		id: id as string,
		objectKey: object_key as Uint8Array,
		isTagged: tagged === true,
	}));
}

/** Files to erase that are still in plaintext; 0 unless a column is declared to take over plaintext locations. */
export async function countPlaintextFiles(tx: Transaction, erasing: ErasureTarget): Promise<number> {
	const plain = plaintextColumn(documentVersions.objectKey);
	const part = partsOf(erasing).find(({ table }) => table === VERSIONS);
	if (!plain || !part) return 0;
	const { rows } = await tx.execute(sql`
		select count(*)::int as count from public.document_versions
		where firm_id = ${erasing.firm} and ${sql.identifier(plain.name)} is not null and ${part.goes}`);
	return Number(rows[0]?.count ?? 0);
}

/** The end of the next page of files; null if there are no more. */
export function selectErasureFilesEnd(tx: Transaction, erasing: ErasureTarget, after: string | null, most: number) {
	const part = partsOf(erasing).find(({ table }) => table === VERSIONS);
	return selectPageEnd(
		tx,
		sql`select id from public.document_versions
			where firm_id = ${erasing.firm} and object_key is not null and (${after}::uuid is null or id > ${after}::uuid) and ${part?.goes ?? sql`false`}
			order by id limit ${most}`,
	);
}

/** Sorted tags of the objects to erase. */
export async function selectErasureTags(tx: Transaction, erasing: ErasureTarget): Promise<string[]> {
	const { rows } = await tx.execute(
		sql`select tag from public.stored_objects where firm_id = ${erasing.firm} and ${objectsOf(erasing)} order by tag`,
	);
	return rows.map(({ tag }) => tag as string);
}

const objectsOf = (erasing: ErasureTarget): SQL =>
	partsOf(erasing).find(({ table }) => table === OBJECTS)?.goes ?? sql`false`;

/** The end of the next page of objects; null if there are no more. */
export const selectErasureObjectsEnd = (tx: Transaction, erasing: ErasureTarget, after: string | null, most: number) =>
	selectPageEnd(
		tx,
		sql`select tag from public.stored_objects
			where firm_id = ${erasing.firm} and (${after}::uuid is null or tag > ${after}::uuid) and ${objectsOf(erasing)}
			order by tag limit ${most}`,
	);

/** Marks a page of objects for deletion, so that from the commit on no upload continues. */
export async function scheduleObjectDeletion(
	tx: Transaction,
	erasing: ErasureTarget,
	{ after, upto }: IdRange,
): Promise<{ readonly tag: string; readonly versionId: string }[]> {
	const { rows } = await tx.execute(sql`
		update public.stored_objects set state = 'DELETING', touched_at = clock_timestamp()
		where firm_id = ${erasing.firm} and (${after}::uuid is null or tag > ${after}::uuid) and tag <= ${upto}::uuid and ${objectsOf(erasing)}
		returning tag, version_id`);
	return rows.map(({ tag, version_id }) => ({ tag: tag as string, versionId: version_id as string }));
}

/** Deletes the rows of objects that are gone from the store. */
export const deleteErasedObjectRows = (tx: Transaction, tags: readonly string[]): Promise<number> =>
	eraseRows(tx, OBJECTS, 'tag', tags);
