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
import { documentVersions } from '../../tables/index.ts';
import type { IdRange } from '../columns/stale-values.ts';
import { selectPageEnd } from './page-end.ts';

/** One thing that is erased, with everything that belongs to it. */
export interface ErasureTarget {
	readonly firm: string;
	readonly type: ErasableType;
	/** The firm's own id, or that of a row of it. */
	readonly id: string;
}

interface Part extends ErasedTable {
	/** Which rows go. */
	readonly goes: SQL;
}

/** What goes, table by table, in the order of deletion. Only ids are asked for, so that who may see nothing else can count it too. */
const partsOf = (erasing: ErasureTarget): readonly Part[] =>
	ERASED_TABLES.map((part) => ({ ...part, goes: goesOf(part.table, erasing) ?? sql`false` }));

/**
 * null: nothing of the table goes. erase_rows() of drizzle/0013_erasure.sql deletes no row that rows_of_subject() there does not name, so
 * that must name every row that this does.
 */
function goesOf(table: string, erasing: ErasureTarget): SQL | null {
	const { firm, type, id } = erasing;
	if (type === 'Firm') return sql`true`;
	const goesWith = ERASED_TABLES.find((each) => each.table === table)?.goesWith ?? [];
	const conditions = goesWith.flatMap(({ column, table: parent }) => {
		// By the id itself: a column without a foreign key may name the row when it is gone.
		if (parent === ERASABLE_TABLES[type]) return [sql`${sql.identifier(column)} = ${id}`];
		const goes = goesOf(parent, erasing);
		const ids = sql`select id from public.${sql.identifier(parent)} where firm_id = ${firm} and ${goes}`;
		return goes ? [sql`${sql.identifier(column)} in (${ids})`] : [];
	});
	if (ERASABLE_TABLES[type] === table) conditions.push(sql`id = ${id}`);
	return conditions.length > 0 ? sql`(${sql.join(conditions, sql` or `)})` : null;
}

/** What the deletion of objects takes away, row by row, before anything else goes. */
const OBJECTS = 'stored_objects';

/** What only a job sees: paths to files that are good for a minute, whom the firm has invited, and from where. */
const VISIBLE_TO_JOBS_ONLY: ReadonlySet<string> = new Set(['download_tickets', 'invitations', 'firm_sign_ins']);

const VERSIONS = 'document_versions';

/** How many rows go, by table, without those of which there are none. `whole`: by a job; else as the operator's plane sees them. */
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

/** What is there beside: ids, times and counts, which stay. Leases are counted apart, by a role that may see them. */
export async function countRetainedRows(tx: Transaction, firm: string): Promise<Readonly<Record<string, number>>> {
	const { rows } = await tx.execute(sql`
		select (select count(*) from public.jobs where firm_id = ${firm})::float8 as jobs,
			(select count(*) from public.data_keys where firm_id = ${firm})::float8 as data_keys`);
	return rows[0] as unknown as Record<string, number>;
}

export async function countLeasesOf(tx: Transaction, firm: string): Promise<number> {
	const { rows } = await tx.execute(sql`select count(*)::float8 as count from public.leases where firm_id = ${firm}`);
	return Number(rows[0]?.count ?? 0);
}

/**
 * Hides what goes, so that no one opens it or adds to it from the commit on: as rows are that were deleted, without content.
 * `sealed`: names of a table's sealed columns.
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
	/** How many rows are gone with this page. */
	readonly count: number;
	/** Their ids, where the table has such. */
	readonly ids: readonly string[];
}

/**
 * Deletes some of what goes: of the first table that has any, so that whatever came in meanwhile goes before what it refers to.
 * null: nothing is left. Objects' rows are left to the one who deletes the objects: `OBJECTS` says that there are such. `CLEAR`: a version came in
 * meanwhile whose file is in the clear, and its row alone says where. `KEPT`: the database deletes none of them.
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
	// What a client's people have written elsewhere stays the firm's, and keeps its author's id.
	const removed = sql`
		update ${of} set client_id = null, removed_at = coalesce(removed_at, now()), mac = null where firm_id = ${firm} and ${among}`;
	const count =
		table === 'memberships' && type === 'Client'
			? ((await tx.execute(removed)).rowCount ?? 0)
			: await eraseRows(tx, table, key, ids);
	if (count > 0) return { table, count, ids };
	const { rows: left } = await tx.execute(sql`select 1 from ${of} where ${which} and ${among} limit 1`);
	// Another transaction may have deleted them since, as it does invitations and tickets that are over.
	return left.length > 0 ? 'KEPT' : eraseOf(tx, erasing, part, most);
}

/** By the owner's function, which looks for itself whether a job that erases runs. Answers how many are gone. */
async function eraseRows(tx: Transaction, table: string, key: string, ids: readonly string[]): Promise<number> {
	const { rows } = await tx.execute(
		sql`select public.erase_rows(${table}, ${key}, ${sql.param([...ids])}::uuid[])::float8 as gone`,
	);
	return Number(rows[0]?.gone ?? 0);
}

/** No one signs in as them any more, and nothing but their id is left. */
async function anonymizeAccounts(tx: Transaction, users: readonly string[]): Promise<void> {
	await tx.execute(sql`
		update public.users set issuer = 'erased', subject = id::text, email = id::text || '@erased.invalid', name = 'Erased',
			disabled_at = clock_timestamp()
		where id = any(${sql.param([...users])}::uuid[])`);
}

/** The type of a row by its id; null: the firm has none of that id. */
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

/** Whether one of two has the other in it, or is the same. */
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

/** The next versions in order that have a file and belong to what goes. */
export interface ErasureFile {
	readonly id: string;
	readonly objectKey: Uint8Array;
	/** Whether a tag names its object. */
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

/** Files of it that are in the clear still; no column says so unless one is declared to be taken over. */
export async function countPlaintextFiles(tx: Transaction, erasing: ErasureTarget): Promise<number> {
	const plain = plaintextColumn(documentVersions.objectKey);
	const part = partsOf(erasing).find(({ table }) => table === VERSIONS);
	if (!plain || !part) return 0;
	const { rows } = await tx.execute(sql`
		select count(*)::int as count from public.document_versions
		where firm_id = ${erasing.firm} and ${sql.identifier(plain.name)} is not null and ${part.goes}`);
	return Number(rows[0]?.count ?? 0);
}

/** Where a page of them ends; null: there are no more. */
export function selectErasureFilesEnd(tx: Transaction, erasing: ErasureTarget, after: string | null, most: number) {
	const part = partsOf(erasing).find(({ table }) => table === VERSIONS);
	return selectPageEnd(
		tx,
		sql`select id from public.document_versions
			where firm_id = ${erasing.firm} and object_key is not null and (${after}::uuid is null or id > ${after}::uuid) and ${part?.goes ?? sql`false`}
			order by id limit ${most}`,
	);
}

/** Tags of objects that go, in their order. */
export async function selectErasureTags(tx: Transaction, erasing: ErasureTarget): Promise<string[]> {
	const { rows } = await tx.execute(
		sql`select tag from public.stored_objects where firm_id = ${erasing.firm} and ${objectsOf(erasing)} order by tag`,
	);
	return rows.map(({ tag }) => tag as string);
}

const objectsOf = (erasing: ErasureTarget): SQL =>
	partsOf(erasing).find(({ table }) => table === OBJECTS)?.goes ?? sql`false`;

/** Where a page of them ends; null: there are no more. */
export const selectErasureObjectsEnd = (tx: Transaction, erasing: ErasureTarget, after: string | null, most: number) =>
	selectPageEnd(
		tx,
		sql`select tag from public.stored_objects
			where firm_id = ${erasing.firm} and (${after}::uuid is null or tag > ${after}::uuid) and ${objectsOf(erasing)}
			order by tag limit ${most}`,
	);

/** A page of objects that go; their rows say so from the commit on, and no one goes on with them. */
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

/** Their rows go when they are gone. */
export const deleteErasedObjectRows = (tx: Transaction, tags: readonly string[]): Promise<number> =>
	eraseRows(tx, OBJECTS, 'tag', tags);
