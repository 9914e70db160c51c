import { fc, it } from '@fast-check/vitest';
import { PgDialect } from 'drizzle-orm/pg-core';
import { describe, expect } from 'vitest';
import { type ConnectionArgs, type ListOrder, loadConnection } from '../../src/api/connection.ts';
import { type KeysetPage, tables } from '../../src/database/index.ts';
import { trimToPage, withinPage } from '../../src/database/keyset.ts';

interface Row {
	readonly id: string;
	readonly createdAt: Date;
}

const rowOf = (time: number, n: number): Row => ({
	id: `01980000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
	createdAt: new Date(1_700_000_000_000 + time),
});

const orderOf = (descending: boolean): ListOrder<Row> => ({
	name: `notes:${descending}`,
	column: tables.notes.createdAt,
	id: tables.notes.id,
	descending,
	valueOf: ({ createdAt }) => createdAt.toISOString(),
});

const key = ({ createdAt, id }: Row) => `${createdAt.toISOString()}/${id}`;
const sorted = (rows: readonly Row[], descending: boolean) =>
	rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1) * (descending ? -1 : 1));

/** Simulates the database on an array: returns the rows between the cursors in reading order, at most one more than requested. */
const readFrom = (rows: readonly Row[]) => async (page: KeysetPage) => {
	const ordered = sorted(rows, page.descending);
	const positionOf = (at: KeysetPage['after']) => at && `${at.value}/${at.id}`;
	const [after, before] = [positionOf(page.after), positionOf(page.before)];
	const isBeyond = (row: Row, position: string, later: boolean) =>
		later === page.descending ? key(row) < position : key(row) > position;
	const within = ordered.filter(
		(row) => (!after || isBeyond(row, after, true)) && (!before || isBeyond(row, before, false)),
	);
	const read = page.fromEnd ? within.toReversed() : within;
	return trimToPage(page, read.slice(0, page.limit + 1));
};

const lists = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 40 }).map((times) => times.map(rowOf));

const page = (rows: readonly Row[], args: ConnectionArgs, descending = false) =>
	loadConnection('north', args, orderOf(descending), readFrom(rows), async () => rows.length);

describe('a connection', () => {
	it.prop([lists, fc.integer({ min: 1, max: 12 }), fc.boolean()])(
		'read forwards page by page yields the whole list once, however many rows share a time',
		async (rows, first, descending) => {
			const seen: Row[] = [];
			let after: string | null = null;
			for (;;) {
				const { nodes, edges, pageInfo } = await page(rows, { first, after }, descending);
				expect(edges.map(({ node }) => node)).toEqual(nodes);
				expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([
					edges.at(0)?.cursor ?? null,
					edges.at(-1)?.cursor ?? null,
				]);
				expect(pageInfo.hasPreviousPage).toBe(after !== null);
				seen.push(...nodes);
				if (!pageInfo.hasNextPage) break;
				expect(nodes).toHaveLength(first);
				after = pageInfo.endCursor;
			}
			expect(seen).toEqual(sorted(rows, descending));
		},
	);

	it.prop([lists, fc.integer({ min: 1, max: 12 }), fc.boolean()])(
		'read backwards yields the same list',
		async (rows, last, descending) => {
			const seen: Row[] = [];
			let before: string | null = null;
			for (;;) {
				const { nodes, pageInfo } = await page(rows, { last, before }, descending);
				seen.unshift(...nodes);
				expect(pageInfo.hasNextPage).toBe(before !== null);
				if (!pageInfo.hasPreviousPage) break;
				before = pageInfo.startCursor;
			}
			expect(seen).toEqual(sorted(rows, descending));
		},
	);

	it.prop([lists.filter(({ length }) => length >= 2), fc.nat(), fc.nat(), fc.boolean()])(
		'between two of its cursors holds the rows between them',
		async (rows, one, two, descending) => {
			const ordered = sorted(rows, descending);
			const [low, high] = [one % rows.length, two % rows.length].toSorted((a, b) => a - b) as [number, number];
			const { edges } = await page(rows, { first: 1000 }, descending);
			const between = await page(
				rows,
				{ after: edges[low]?.cursor ?? '', before: edges[high]?.cursor ?? '', first: 1000 },
				descending,
			);
			expect(between.nodes).toEqual(ordered.slice(low + 1, Math.max(high, low + 1)));
		},
	);

	it('holds 50 by default and counts only when asked', async () => {
		const rows = Array.from({ length: 60 }, (_, n) => rowOf(n, n));
		let counted = 0;
		const connection = await loadConnection('north', {}, orderOf(false), readFrom(rows), async () => ++counted);
		expect([connection.nodes.length, connection.pageInfo.hasNextPage, counted]).toEqual([50, true, 0]);
		expect(await connection.totalCount()).toBe(1);
	});

	it('of more than 50 rows waits behind at most one from another party', async () => {
		const rows = Array.from({ length: 51 }, (_, n) => rowOf(n, n));
		const order: string[] = [];
		const ask = (party: string) =>
			loadConnection(party, { first: 51 }, orderOf(false), readFrom(rows), async () => 0).then(() => order.push(party));
		await Promise.all([...Array.from({ length: 20 }, () => ask('harbour')), ask('north')]);
		expect(order.indexOf('north')).toBe(1);
	});

	it('refuses a page size out of bounds before it reads anything', async () => {
		const never = () => Promise.reject(new Error('was read'));
		for (const args of [
			{ first: 0 },
			{ first: -1 },
			{ last: 0 },
			{ first: 1, last: 1 },
			{ after: 'x' },
			{ before: '' },
		]) {
			await expect(loadConnection('north', args, orderOf(false), never, never)).rejects.toMatchObject({
				code: 'BAD_USER_INPUT',
			});
		}
		for (const args of [{ first: 1001 }, { last: 1001 }])
			await expect(loadConnection('north', args, orderOf(false), never, never)).rejects.toMatchObject({
				code: 'TOO_EXPENSIVE',
				message: expect.stringContaining('1000'),
			});
	});

	it.prop([
		fc.oneof(
			fc.string(),
			fc.string({ unit: 'binary' }),
			fc.base64String(),
			fc.json().map((text) => Buffer.from(text).toString('base64url')),
		),
	])('refuses any text that is not one of its cursors', async (text) => {
		await expect(page([], { after: text })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
	});

	it('refuses a cursor made for another order', async () => {
		const { pageInfo } = await page([rowOf(1, 1)], {}, true);
		await expect(page([], { after: pageInfo.endCursor }, false)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
		await expect(page([], { after: pageInfo.endCursor }, true)).resolves.toMatchObject({ nodes: [] });
	});

	it('passes the cursor’s value as a parameter, not in the SQL text', async () => {
		const { pageInfo } = await page([rowOf(1, 1)], {});
		let asked: KeysetPage | undefined;
		await loadConnection(
			'north',
			{ after: pageInfo.endCursor },
			orderOf(false),
			async (wanted) => {
				asked = wanted;
				return { rows: [], more: false };
			},
			async () => 0,
		);
		const [condition] = withinPage(asked as KeysetPage);
		const { sql, params } = new PgDialect().sqlToQuery(condition as never);
		expect(sql).toBe('("notes"."created_at", "notes"."id") > ($1::moment, $2::uuid)');
		expect(params).toEqual([rowOf(1, 1).createdAt.toISOString(), rowOf(1, 1).id]);
	});
});
