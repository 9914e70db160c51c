import { fc } from '@fast-check/vitest';
import { v4 as uuidv4 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeysetPage, type Plane, type Row, selectRows, tables } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { scale } from '../support/scale.ts';
import { makeTwoFirms, type TwoFirms } from './two-firms.ts';

const SELECTION = { columns: new Set<string>(), client: null };
const COLUMNS = { createdAt: tables.notes.createdAt, updatedAt: tables.notes.updatedAt } as const;
type Column = keyof typeof COLUMNS;

/** Few different times for many rows, so that most are equal, and neighbours differ by a millisecond. */
const INSTANTS = [0, 1, 2, 60_000, 86_400_000].map((ms) => new Date(Date.UTC(2026, 2, 29, 0, 59, 59, 998) + ms));
const ROWS = 40;

interface Place {
	readonly id: string;
	readonly createdAt: Date;
	readonly updatedAt: Date;
}

const pageArbitrary = fc.record({
	column: fc.constantFrom<Column>('createdAt', 'updatedAt'),
	descending: fc.boolean(),
	fromEnd: fc.boolean(),
	limit: fc.integer({ min: 1, max: ROWS + 5 }),
	// Positions in the list. A position of the other order, or of a missing row, works as well.
	after: fc.option(fc.nat(ROWS - 1)),
	before: fc.option(fc.nat(ROWS - 1)),
	between: fc.boolean(),
});

describe.each(servers)('pages of notes on $name', (server) => {
	let two: TwoFirms;
	let plane: Plane;
	let places: Place[];

	beforeAll(async () => {
		two = await makeTwoFirms(server);
		plane = two.plane('firm');
		await two.admin`delete from notes`;
		// Random ids: their order is not the order of writing.
		places = Array.from({ length: ROWS }, (_, i) => ({
			id: uuidv4(),
			createdAt: INSTANTS[(i * 7) % 5] as Date,
			updatedAt: INSTANTS[(i * i) % 3] as Date,
		}));
		for (const place of places) {
			await two.admin`insert into notes (firm_id, author_id, id, created_at, updated_at)
				values (${two.north.id}, ${two.north.author}, ${place.id}, ${place.createdAt}, ${place.updatedAt})`;
		}
		await two.admin`insert into notes (firm_id, author_id, id) values (${two.harbour.id}, ${two.harbour.author}, ${uuidv4()})`;
	});
	afterAll(() => two?.close());

	const sorted = (column: Column, descending: boolean): Place[] => {
		const order = [...places].sort((a, b) => a[column].getTime() - b[column].getTime() || (a.id < b.id ? -1 : 1));
		return descending ? order.reverse() : order;
	};
	const positionOf = (place: Place, column: Column) => ({ value: place[column].toISOString(), id: place.id });
	const read = (page: KeysetPage) =>
		plane.read(two.north.id, (tx) => selectRows(tx, tables.notes, [], page, SELECTION));
	const keysetPage = (column: Column, more: Partial<KeysetPage>): KeysetPage => ({
		column: COLUMNS[column],
		id: tables.notes.id,
		descending: false,
		limit: 1,
		fromEnd: false,
		after: null,
		before: null,
		...more,
	});
	const idsOf = (rows: readonly (Place | Row)[]) => rows.map(({ id }) => id);

	it('equal the pages of a plain array, from either end and between any two positions', async () => {
		await fc.assert(
			fc.asyncProperty(pageArbitrary, async ({ column, descending, fromEnd, limit, after, before, between }) => {
				const list = sorted(column, descending);
				// The cursor of a deleted row: a position between two rows.
				const nudge = (place: Place): Place =>
					between ? { ...place, id: `${place.id.slice(0, -12)}${'0'.repeat(12)}` } : place;
				const compare = (a: Place, b: Place) =>
					(a[column].getTime() - b[column].getTime() || (a.id < b.id ? -1 : Number(a.id > b.id))) *
					(descending ? -1 : 1);
				const start = after === null ? null : nudge(list[after] as Place);
				const end = before === null ? null : nudge(list[before] as Place);
				const range = list.filter(
					(place) => (!start || compare(place, start) > 0) && (!end || compare(place, end) < 0),
				);
				const expected = fromEnd ? range.slice(-limit) : range.slice(0, limit);
				const page = await read(
					keysetPage(column, {
						descending,
						fromEnd,
						limit,
						after: start && positionOf(start, column),
						before: end && positionOf(end, column),
					}),
				);
				expect(idsOf(page.rows)).toEqual(idsOf(expected));
				expect(page.more).toBe(range.length > limit);
			}),
			{ numRuns: scale(250) },
		);
	});

	it.each([
		['createdAt', false, false],
		['createdAt', true, false],
		['updatedAt', false, true],
		['updatedAt', true, true],
	] as const)(
		'follow each other without a gap or a repeat: %s, descending %s, from the end %s',
		async (column, descending, fromEnd) => {
			for (const limit of [1, 3, 7]) {
				const seen: string[] = [];
				let cursor: KeysetPage['after'] = null;
				for (;;) {
					const page: Awaited<ReturnType<typeof read>> = await read(
						keysetPage(column, { descending, fromEnd, limit, [fromEnd ? 'before' : 'after']: cursor }),
					);
					if (fromEnd) seen.unshift(...idsOf(page.rows));
					else seen.push(...idsOf(page.rows));
					const last = fromEnd ? page.rows[0] : page.rows.at(-1);
					if (!last || !page.more) break;
					cursor = positionOf(last, column);
				}
				expect(seen).toEqual(idsOf(sorted(column, descending)));
			}
		},
	);

	it('belong to the firm, whatever the cursor says', async () => {
		const [foreign] = await two.admin`select id, created_at from notes where firm_id = ${two.harbour.id}`;
		const after = { value: INSTANTS[0]?.toISOString() ?? '', id: foreign?.id };
		const page = await read(keysetPage('createdAt', { limit: 100, after }));
		expect(idsOf(page.rows)).not.toContain(foreign?.id);
	});

	it('report whether there are more, exactly at the boundary', async () => {
		expect((await read(keysetPage('createdAt', { limit: ROWS }))).more).toBe(false);
		expect((await read(keysetPage('createdAt', { limit: ROWS - 1 }))).more).toBe(true);
	});
});
