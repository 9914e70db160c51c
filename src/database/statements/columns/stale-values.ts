import { type SQL, sql } from 'drizzle-orm';
import { byteaArray } from '../../bytea-array.ts';
import type { Transaction } from '../../plane.ts';
import { selectNumber } from '../../single-row.ts';
import { type PageEnd, type PageSize, selectPageEndBySize } from '../page-end.ts';

/** A table with sealed columns, by its SQL names. */
export interface ContentColumns {
	readonly table: string;
	readonly columns: readonly string[];
}

/** Values of a firm that are sealed under a key version below `below`. */
export interface StaleValues extends ContentColumns {
	readonly firm: string;
	readonly below: number;
}

/** Rows with ids after `after` and up to `upto`; null leaves that side open. */
export interface IdRange {
	readonly after: string | null;
	readonly upto: string | null;
}

/** FORMAT.md "Field envelope": bytes 2 to 5 hold the version, and sort as the numbers do. */
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

export async function countStale(tx: Transaction, stale: StaleValues): Promise<number> {
	const each = stale.columns.map((column) => sql`count(*) filter (where ${isStale(column, stale.below)})`);
	return selectNumber(tx, sql`select ${sql.join(each, sql` + `)} ${rowsOf(stale, WHOLE_TABLE)}`);
}

const WHOLE_TABLE: IdRange = { after: null, upto: null };

/** The end of the next page, which has at most `most` rows and bytes, but at least one row. Null if no rows are left. */
export function selectStalePageEnd(
	tx: Transaction,
	stale: StaleValues,
	after: string | null,
	most: PageSize,
): Promise<PageEnd | null> {
	const bytes = sql.join(
		stale.columns.map((column) => sql`coalesce(octet_length(${sql.identifier(column)}), 0)`),
		sql` + `,
	);
	return selectPageEndBySize(tx, { bytes, from: rowsOf(stale, { after, upto: null }) }, most);
}

export interface StaleRow {
	readonly id: string;
	/** In the order of the columns; null if the value is not stale. */
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

/** Bytes of marker, suite, version, firm tag and nonce, which are unique to each sealing (FORMAT.md "Field envelope"). */
export const ENVELOPE_HEAD_LENGTH = 22;

export interface Replacement {
	readonly id: string;
	readonly column: string;
	readonly old: Uint8Array;
	readonly fresh: Uint8Array;
}

/**
 * Replaces each value that is unchanged since it was read, even if the rest of its row has changed. Keeps the row's revision and times. Returns the
 * ids of the changed rows and the number of replaced values.
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
