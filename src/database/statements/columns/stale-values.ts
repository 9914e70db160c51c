import { type SQL, sql } from 'drizzle-orm';
import { byteaArray } from '../../bytea-array.ts';
import type { Transaction } from '../../plane.ts';

/** A table with sealed columns, by its SQL names. */
export interface ContentColumns {
	readonly table: string;
	readonly columns: readonly string[];
}

/** Values of a firm that are sealed under a version below this one. */
export interface StaleValues extends ContentColumns {
	readonly firm: string;
	readonly below: number;
}

/** Rows of a table by their ids: after the one and up to the other; null: from the first, to the last. */
export interface IdRange {
	readonly after: string | null;
	readonly upto: string | null;
}

/** FORMAT.md "Field envelope": bytes 2 to 5 are the version, whose order is that of the numbers. */
const versionOf = (column: string) => sql`substring(${sql.identifier(column)} from 3 for 4)`;

const isStale = (column: string, below: number) =>
	sql`${versionOf(column)} < substring(int8send(${below}::bigint) from 5)`;

const anyStale = ({ columns, below }: Pick<StaleValues, 'columns' | 'below'>) =>
	sql`(${sql.join(
		columns.map((column) => isStale(column, below)),
		sql` or `,
	)})`;

export const withinIdRange = ({ after, upto }: IdRange): SQL[] => [
	...(after === null ? [] : [sql`id > ${after}`]),
	...(upto === null ? [] : [sql`id <= ${upto}`]),
];

const rowsOf = (stale: StaleValues, stretch: IdRange) =>
	sql`from ${sql.identifier(stale.table)} where ${sql.join(
		[sql`firm_id = ${stale.firm}`, ...withinIdRange(stretch), anyStale(stale)],
		sql` and `,
	)}`;

/** How many values there are. */
export async function countStale(tx: Transaction, stale: StaleValues): Promise<number> {
	const each = stale.columns.map((column) => sql`count(*) filter (where ${isStale(column, stale.below)})`);
	const {
		rows: [row],
	} = await tx.execute(sql`select (${sql.join(each, sql` + `)})::text as count ${rowsOf(stale, WHOLE_TABLE)}`);
	return Number(row?.count ?? 0);
}

const WHOLE_TABLE: IdRange = { after: null, upto: null };

/** Where the next page ends: so many rows, or so many bytes of them, but one row at least. null: there is none. */
export async function selectStalePageEnd(
	tx: Transaction,
	stale: StaleValues,
	after: string | null,
	most: { readonly rows: number; readonly bytes: number },
): Promise<{ readonly upto: string; readonly rows: number } | null> {
	const bytes = sql.join(
		stale.columns.map((column) => sql`coalesce(octet_length(${sql.identifier(column)}), 0)`),
		sql` + `,
	);
	const {
		rows: [row],
	} = await tx.execute(sql`
		select id as upto, number::int as rows from (
			select id, row_number() over w as number, sum(bytes) over w as bytes
			from (select id, ${bytes} as bytes ${rowsOf(stale, { after, upto: null })} order by id limit ${most.rows}) found
			window w as (order by id)
		) counted where number = 1 or bytes <= ${most.bytes} order by id desc limit 1`);
	return row ? { upto: row.upto as string, rows: row.rows as number } : null;
}

export interface StaleRow {
	readonly id: string;
	/** By column; null where nothing is stale. */
	readonly values: readonly (Uint8Array | null)[];
}

export async function selectStaleRows(tx: Transaction, stale: StaleValues, stretch: IdRange): Promise<StaleRow[]> {
	const values = stale.columns.map(
		(column, index) =>
			sql`case when ${isStale(column, stale.below)} then ${sql.identifier(column)} end as ${sql.identifier(`v${index}`)}`,
	);
	const { rows } = await tx.execute(sql`select id, ${sql.join(values, sql`, `)} ${rowsOf(stale, stretch)} order by id`);
	return rows.map((row) => ({
		id: row.id as string,
		values: stale.columns.map((_, index) => (row[`v${index}`] as Uint8Array | null) ?? null),
	}));
}

/** Marker, suite, version, firm tag and nonce: what no other sealing has. FORMAT.md "Field envelope". */
export const ENVELOPE_HEAD_LENGTH = 22;

/** A value that replaces the very one that was read. */
export interface Replacement {
	readonly id: string;
	readonly column: string;
	readonly old: Uint8Array;
	readonly fresh: Uint8Array;
}

/**
 * Replaces each value if it is still the one that was read, of whatever else has become of its row; the row's revision and times stay.
 * Answers the rows of which something was replaced, and how many values.
 */
export async function replaceValues(
	tx: Transaction,
	{ table, columns, firm }: Pick<StaleValues, 'table' | 'columns' | 'firm'>,
	replacements: readonly Replacement[],
): Promise<{ readonly ids: readonly string[]; readonly values: number }> {
	const byRow = Map.groupBy(replacements, ({ id }) => id);
	const used = columns.filter((column) => replacements.some((each) => each.column === column));
	if (used.length === 0) return { ids: [], values: 0 };
	const bytes = (pick: (one: Replacement) => Uint8Array, column: string) => {
		const list = [...byRow.values()].map((row) => {
			const one = row.find((each) => each.column === column);
			return one ? pick(one) : null;
		});
		return sql`${sql.param(byteaArray(list))}::bytea[]`;
	};
	const name = (column: string) => sql.identifier(column);
	const lists = used.flatMap((column) => [
		bytes(({ old }) => old.subarray(0, ENVELOPE_HEAD_LENGTH), column),
		bytes(({ fresh }) => fresh, column),
	]);
	const names = used.flatMap((_, index) => [name(`head${index}`), name(`fresh${index}`)]);
	const isSame = (column: string, index: number) =>
		sql`coalesce(substring(t.${name(column)} from 1 for ${ENVELOPE_HEAD_LENGTH}) = n.${name(`head${index}`)}, false)`;
	const sets = used.map(
		(column, index) =>
			sql`${name(column)} = case when ${isSame(column, index)} then n.${name(`fresh${index}`)} else t.${name(column)} end`,
	);
	const same = used.map(isSame);
	const fresh = used.map((column, index) => sql`coalesce(t.${name(column)} = n.${name(`fresh${index}`)}, false)::int`);
	const { rows } = await tx.execute(sql`
		update ${name(table)} t set ${sql.join(sets, sql`, `)}
		from unnest(${sql.param([...byRow.keys()])}::uuid[], ${sql.join(lists, sql`, `)}) as n (id, ${sql.join(names, sql`, `)})
		where t.firm_id = ${firm} and t.id = n.id and (${sql.join(same, sql` or `)})
		returning t.id, ${sql.join(fresh, sql` + `)} as values`);
	return {
		ids: rows.map(({ id }) => id as string),
		values: rows.reduce((sum, row) => sum + Number(row.values), 0),
	};
}
