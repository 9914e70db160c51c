import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	type AuditEntryRow,
	countAuditEntries,
	insertAuditEntries,
	type KeysetPage,
	type NewAuditEntry,
	type Plane,
	selectAuditEntries,
	selectLastSequence,
	tables,
} from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { leafText } from '../support/leaf-text.ts';
import { codeOf, makeTwoFirms, type TwoFirms } from './two-firms.ts';

function entryOf(firm: string | null, boot: string, sequence: number): NewAuditEntry {
	const names = { id: uuidv7(), firm, boot, sequence };
	return { ...names, leaf: leafText({ ...names, plane: 'firm', action: 'log.read' }) };
}

describe.each(servers)('reading the log on $name', (server) => {
	let two: TwoFirms;
	let writer: Plane;
	let reader: Plane;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		writer = two.plane('firm', 8);
		reader = two.plane('firm', 2);
	});
	afterAll(() => two?.close());

	const page = (more: Partial<KeysetPage> = {}): KeysetPage => ({
		column: tables.auditEntries.transaction,
		id: tables.auditEntries.id,
		descending: false,
		limit: 1000,
		fromEnd: false,
		after: null,
		before: null,
		...more,
	});
	const read = (firm: string, more: Partial<KeysetPage> = {}) =>
		reader.read(firm, (tx) => selectAuditEntries(tx, firm, page(more)));
	const count = (firm: string) => reader.read(firm, (tx) => countAuditEntries(tx, firm, true));
	const append = (rows: readonly NewAuditEntry[]) => writer.write(null, (tx) => insertAuditEntries(tx, rows));
	const cursorOf = ({ transaction, id }: AuditEntryRow) => ({ value: transaction, id });
	/** Open transactions of other databases of the server hold back the snapshot of this one, but not for long. */
	const until = (condition: () => Promise<boolean>) => expect.poll(condition).toBe(true);

	it('hides what committed after a still open append, until that append ends', async () => {
		const firm = uuidv7();
		const [early, open, late] = [entryOf(firm, uuidv7(), 1), entryOf(firm, uuidv7(), 1), entryOf(firm, uuidv7(), 1)];
		await append([early]);
		await until(async () => (await count(firm)) === 1);
		const appended = Promise.withResolvers<void>();
		const end = Promise.withResolvers<void>();
		const openWrite = writer.write(null, async (tx) => {
			await insertAuditEntries(tx, [open]);
			appended.resolve();
			await end.promise;
		});
		await appended.promise;
		await append([late]);
		// Committed, and visible without the paging rule.
		expect(await two.admin`select id from audit_entries where id = ${late.id}`).toHaveLength(1);
		const shown = await read(firm);
		expect(shown.rows.map(({ id }) => id)).toEqual([early.id]);
		// The list with the newest first shows it at once: an open transaction hides nothing.
		expect((await read(firm, { descending: true })).rows.map(({ id }) => id)).toEqual([late.id, early.id]);
		expect(await reader.read(firm, (tx) => countAuditEntries(tx, firm, false))).toBe(2);
		// A reader without the rule has passed the late one by now,
		const withoutRule = (id: string) => two.admin`select id from audit_entries a where firm_id = ${firm}
			and (transaction, id) > (select transaction, id from audit_entries where id = ${id}) order by transaction, id`;
		expect(await withoutRule(early.id)).toEqual([{ id: late.id }]);
		expect(await count(firm)).toBe(1);
		end.resolve();
		await openWrite;
		await until(async () => (await count(firm)) === 3);
		// and would never see the open one.
		expect(await withoutRule(late.id)).toEqual([]);
		const [last] = shown.rows;
		const next = await read(firm, { after: last ? cursorOf(last) : null });
		expect(next.rows.map(({ id }) => id)).toEqual([open.id, late.id]);
	});

	it('examines a limited number of entries for a filter, and returns no short page because of that limit', async () => {
		const firm = uuidv7();
		const boot = uuidv7();
		const rows = Array.from({ length: 20 }, (_, n) => entryOf(firm, boot, n + 1));
		await append(rows.map((row, n) => (n < 3 ? { ...row, leaf: row.leaf.replace('"ALLOWED"', '"DENIED"') } : row)));
		const filter = { action: null, actor: null, coordinate: null, record: null, lease: null, from: null, before: null };
		const find = (decision: string, most: number, more: Partial<KeysetPage> = {}) =>
			reader.read(firm, (tx) =>
				selectAuditEntries(tx, firm, page({ descending: true, ...more }), { ...filter, decision }, most),
			);
		const ids = rows.map(({ id }) => id).reverse();
		// The newest entries hold enough of these.
		expect(await find('ALLOWED', 10, { limit: 9 })).toMatchObject({ more: true });
		expect((await find('ALLOWED', 10, { limit: 9 })).rows.map(({ id }) => id)).toEqual(ids.slice(0, 9));
		const tooMany = { code: 'TOO_EXPENSIVE', message: expect.stringContaining('more than 10 entries') };
		await expect(find('ALLOWED', 10, { limit: 10 })).rejects.toMatchObject(tooMany);
		await expect(find('DENIED', 10)).rejects.toMatchObject(tooMany);
		expect((await find('DENIED', 20)).rows.map(({ id }) => id)).toEqual(ids.slice(-3));
		await expect(
			reader.read(firm, (tx) => countAuditEntries(tx, firm, false, { ...filter, decision: 'DENIED' }, 19)),
		).rejects.toMatchObject({ code: 'TOO_EXPENSIVE' });
		const [fourth] = (await find('ALLOWED', 20)).rows.slice(-1);
		// Few entries follow the cursor.
		expect((await find('DENIED', 10, { after: fourth ? cursorOf(fourth) : null })).rows).toHaveLength(3);
	});

	it('shows what committed after an append that was rolled back', async () => {
		const firm = uuidv7();
		const late = entryOf(firm, uuidv7(), 1);
		const givenUp = writer.write(null, async (tx) => {
			await insertAuditEntries(tx, [entryOf(firm, uuidv7(), 1)]);
			await append([late]);
			expect((await read(firm)).rows).toEqual([]);
			throw new Error('given up');
		});
		await expect(givenUp).rejects.toThrow('given up');
		await until(async () => (await count(firm)) === 1);
		expect((await read(firm)).rows.map(({ id }) => id)).toEqual([late.id]);
	});

	it.each(['the first page on', 'one entry at a time'])(
		'misses no entry of several concurrent writers, %s',
		async (manner) => {
			const firm = uuidv7();
			const limit = manner === 'one entry at a time' ? 1 : 5;
			const written = new Set<string>();
			let running = true;
			const writers = Promise.all(
				Array.from({ length: 6 }, async (_, n) => {
					const boot = uuidv7();
					let sequence = 1;
					for (let i = 0; i < 12; i++) {
						// Every flush of a process is a transaction. They commit out of order, because some last longer.
						const rows = Array.from({ length: 1 + ((i + n) % 3) }, (_, at) => entryOf(firm, boot, sequence + at));
						await writer
							.write(null, async (tx) => {
								await insertAuditEntries(tx, rows);
								for (let left = (n * 7 + i * 3) % 23; left > 0; left--) await tx.execute(sql`select 1`);
								if ((i + n) % 5 === 0) throw new Error('rolled back');
							})
							.then(
								() => {
									for (const { id } of rows) written.add(id);
									sequence += rows.length;
								},
								() => {},
							);
					}
				}),
			).finally(() => {
				running = false;
			});
			const seen: AuditEntryRow[] = [];
			const readOn = async () => {
				const last = seen.at(-1);
				const { rows, more } = await read(firm, { limit, after: last ? cursorOf(last) : null });
				seen.push(...rows);
				return more || rows.length > 0;
			};
			while (running) await readOn();
			await writers;
			await until(async () => (await count(firm)) === written.size);
			while (await readOn());
			expect(written.size).toBeGreaterThan(80);
			expect(seen).toHaveLength(written.size);
			expect(new Set(seen.map(({ id }) => id))).toEqual(written);
		},
	);

	it('pages backwards over the same entries', async () => {
		const firm = uuidv7();
		const rows = Array.from({ length: 7 }, () => entryOf(firm, uuidv7(), 1));
		for (const row of rows) await append([row]);
		await until(async () => (await count(firm)) === rows.length);
		const newest = await read(firm, { descending: true, limit: 3 });
		const ids = rows.map(({ id }) => id).reverse();
		expect(newest.rows.map(({ id }) => id)).toEqual(ids.slice(0, 3));
		const last = newest.rows.at(-1);
		const older = await read(firm, { descending: true, after: last ? cursorOf(last) : null });
		expect(older.rows.map(({ id }) => id)).toEqual(ids.slice(3));
	});

	it('appends all rows of a flush or none, and returns the last sequence number of a boot', async () => {
		const firm = uuidv7();
		const boot = uuidv7();
		await append([entryOf(firm, boot, 1), entryOf(firm, boot, 2)]);
		expect(await codeOf(append([entryOf(firm, boot, 3), entryOf(firm, boot, 2)]))).toBe('23505');
		const last = (of: string) => writer.read(null, (tx) => selectLastSequence(tx, of));
		expect(await last(boot)).toBe(2);
		expect(await last(uuidv7())).toBe(0);
	});

	it('shows a reader of one firm no entry of another, whatever firm it requests', async () => {
		const [mine, other] = [uuidv7(), uuidv7()];
		await append([entryOf(mine, uuidv7(), 1), entryOf(other, uuidv7(), 1), entryOf(null, uuidv7(), 1)]);
		await until(async () => (await count(mine)) === 1);
		const asked = (firm: string | null) => reader.read(mine, (tx) => selectAuditEntries(tx, firm, page()));
		expect((await asked(other)).rows).toEqual([]);
		expect((await asked(null)).rows.map(({ firmId }) => firmId)).toEqual([mine]);
	});
});
