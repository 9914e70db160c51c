import { setImmediate as endOfTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EntryDraft, parseLeaf } from '../../src/audit/index.ts';
import { type AuditLogOptions, createAuditLog, type WriteReport } from '../../src/audit-log/index.ts';
import { reading } from '../audit/drafts.ts';
import { FakeTable } from './fake-table.ts';

const record = (n: number) => `01980000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const draft = (n: number): EntryDraft => ({ ...reading, records: [record(n)] });
const unavailable = { code: 'AUDIT_UNAVAILABLE', message: expect.not.stringContaining('secret') };

function open(table: FakeTable, options: Partial<AuditLogOptions> = {}) {
	return createAuditLog({ write: table.write, lastSequence: table.lastSequence, ...options });
}

/** A write that settles when the test says so. */
function heldWrite() {
	const held: { commit(): void; fail(error: Error): void }[] = [];
	const table = new FakeTable();
	const write: AuditLogOptions['write'] = (rows) =>
		new Promise((resolve, reject) => {
			held.push({ commit: () => resolve(table.write(rows)), fail: reject });
		});
	return { held, table, write, lastSequence: table.lastSequence };
}

describe('group commit', () => {
	it('starts at the end of the tick if idle', async () => {
		const { held, ...options } = heldWrite();
		const answer = createAuditLog(options).append([draft(1)]);
		await endOfTurn();
		expect(held.length).toBe(1);
		held[0]?.commit();
		await answer;
	});

	it('writes a thousand callers of one tick at once', async () => {
		const table = new FakeTable();
		const log = open(table);
		await Promise.all(Array.from({ length: 1000 }, (_, n) => log.append([draft(n)])));
		expect(table.batches.map((batch) => batch.length)).toEqual([1000]);
		expect(log.stats()).toEqual({
			waitingEntries: 0,
			inFlight: 0,
			committedEntries: 1000,
			committedWrites: 1,
			failedWrites: 0,
		});
	});

	it('writes callers who return together at once, each time', async () => {
		const table = new FakeTable();
		const log = open(table);
		const comeAgain = async (first: number) => {
			for (let n = 0; n < 4; n++) await log.append([draft(first + n)]);
		};
		await Promise.all(Array.from({ length: 32 }, (_, caller) => comeAgain(4 * caller)));
		expect(table.batches.map((batch) => batch.length)).toEqual([32, 32, 32, 32]);
	});

	it('resolves after the commit and not before', async () => {
		const { held, table, ...options } = heldWrite();
		let answered = false;
		const answer = createAuditLog(options)
			.append([draft(1)])
			.then(() => {
				answered = true;
			});
		await endOfTurn();
		expect([held.length, answered]).toEqual([1, false]);
		held[0]?.commit();
		await answer;
		expect(table.records()).toEqual([record(1)]);
	});

	it("keeps a caller's entries in one write, even if the batch exceeds its limit", async () => {
		const table = new FakeTable();
		await open(table, { maxBatch: 2 }).append(Array.from({ length: 5 }, (_, n) => draft(n)));
		expect(table.batches.map((batch) => batch.length)).toEqual([5]);
	});

	it('limits a batch by bytes too', async () => {
		const table = new FakeTable();
		const log = open(table, { maxBatch: 10_000 });
		const coordinates = Array.from({ length: 128 }, (_, n) => `${`T${n}`.padEnd(63, '_')}.${'f'.repeat(63)}`);
		await Promise.all(Array.from({ length: 300 }, () => log.append([{ ...reading, coordinates }])));
		for (const batch of table.batches) {
			expect(batch.reduce((bytes, row) => bytes + row.leaf.length, 0)).toBeLessThan(4.2 * 1024 * 1024);
		}
		expect(table.batches.length).toBe(2);
	});

	it('splits a draft with many records into several entries of one write', async () => {
		const table = new FakeTable();
		await open(table).append([{ ...reading, records: Array.from({ length: 2500 }, (_, n) => record(n)) }]);
		expect(table.batches.map((batch) => batch.length)).toEqual([3]);
		expect(table.rows.map((row) => parseLeaf(row.leaf).records.length)).toEqual([1000, 1000, 500]);
	});

	it('writes nothing for no entries', async () => {
		const table = new FakeTable();
		await open(table).append([]);
		expect(table.batches).toEqual([]);
	});
});

describe('a draft', () => {
	it('that is malformed fails its caller only and uses no number', async () => {
		const { held, table, ...options } = heldWrite();
		const log = createAuditLog(options);
		const first = log.append([draft(1)]);
		await endOfTurn();
		const malformed = log.append([draft(2), { ...draft(3), firm: 'secret client' }]);
		const last = log.append([draft(4)]);
		const refused = expect(malformed).rejects.toMatchObject({
			code: 'INTERNAL',
			message: expect.not.stringContaining('secret'),
		});
		held[0]?.commit();
		await first;
		await refused;
		await endOfTurn();
		held[1]?.commit();
		await last;
		expect(table.rows.map((row) => [row.sequence, parseLeaf(row.leaf).records[0]])).toEqual([
			[1, record(1)],
			[2, record(4)],
		]);
	});

	it('cannot choose its own number, id, time or boot', async () => {
		const table = new FakeTable();
		const log = open(table, { now: () => new Date('2026-11-24T15:00:00Z') });
		const forged = { ...draft(1), sequence: 99, boot: record(9), id: record(9), at: '2001-01-01T00:00:00.000Z' };
		await log.append([forged]);
		expect(table.rows[0]).toMatchObject({ sequence: 1, boot: log.boot });
		expect(parseLeaf(table.rows[0]?.leaf ?? '')).toMatchObject({ sequence: 1, at: '2026-11-24T15:00:00.000Z' });
		expect(table.rows[0]?.id).not.toBe(record(9));
	});
});

describe('a failed write', () => {
	const failing = (fate: 'fail' | 'commit-then-fail') => new FakeTable([{ fate, ticks: 1 }]);

	it('is reported to its callers with a fixed message, and is not retried', async () => {
		const table = failing('fail');
		await expect(open(table).append([draft(1)])).rejects.toMatchObject(unavailable);
		expect(table.batches.length).toBe(1);
		expect(table.rows).toEqual([]);
	});

	it.each([
		['did not commit', 'fail', [1]],
		['did commit', 'commit-then-fail', [1, 2]],
	] as const)('that %s: the numbers continue without a gap', async (_, fate, sequences) => {
		const table = failing(fate);
		const log = open(table);
		await expect(log.append([draft(1)])).rejects.toMatchObject(unavailable);
		await log.append([draft(2)]);
		expect(table.rows.map((row) => row.sequence)).toEqual(sequences);
	});

	it('fails all waiting callers if the last number is unknown, and recovers', async () => {
		const table = failing('fail');
		let away = true;
		const lastSequence = async (boot: string) => {
			if (away) throw new Error('database away');
			return await table.lastSequence(boot);
		};
		const log = open(table, { lastSequence });
		const all = await Promise.allSettled([1, 2, 3].map((n) => log.append([draft(n)])));
		expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
		away = false;
		await log.append([draft(4)]);
		expect(table.rows.map((row) => row.sequence)).toEqual([1]);
	});

	it('never reuses an acknowledged number, even if its row has vanished', async () => {
		const table = new FakeTable([
			{ fate: 'commit', ticks: 0 },
			{ fate: 'fail', ticks: 0 },
		]);
		const log = open(table);
		await log.append([draft(1), draft(2)]);
		await expect(log.append([draft(3)])).rejects.toMatchObject(unavailable);
		table.rows.length = 0;
		await log.append([draft(4)]);
		expect(table.rows.map((row) => row.sequence)).toEqual([3]);
	});

	it.each([Number.NaN, -1, 1.5])('does not continue after %d', async (nonsense) => {
		const log = open(failing('fail'), { lastSequence: async () => nonsense });
		await expect(log.append([draft(1)])).rejects.toMatchObject(unavailable);
		await expect(log.append([draft(2)])).rejects.toMatchObject(unavailable);
	});

	it('is reported with its error, and a successful one without', async () => {
		const reports: WriteReport[] = [];
		const table = failing('fail');
		const log = open(table, { onAppend: (report) => reports.push(report) });
		await expect(log.append([draft(1), draft(2)])).rejects.toMatchObject(unavailable);
		await log.append([draft(3)]);
		expect(reports).toEqual([
			{ entries: 2, callers: 1, milliseconds: expect.any(Number), error: new Error('connection reset') },
			{ entries: 1, callers: 1, milliseconds: expect.any(Number) },
		]);
	});
});

describe('limits', () => {
	beforeEach(() => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	});
	afterEach(() => {
		vi.useRealTimers();
	});

	it('a full queue refuses immediately', async () => {
		const { held, table, ...options } = heldWrite();
		const log = createAuditLog({ ...options, maxWaiting: 3 });
		const first = log.append([draft(0)]);
		await endOfTurn();
		const waiting = log.append([draft(1), draft(2), draft(3)]);
		await expect(log.append([draft(4)])).rejects.toMatchObject(unavailable);
		expect(log.stats()).toMatchObject({ waitingEntries: 3, inFlight: 1 });
		held[0]?.commit();
		await first;
		await endOfTurn();
		held[1]?.commit();
		await waiting;
		expect(table.records()).toEqual([0, 1, 2, 3].map(record));
	});

	it('a hanging write fails its callers and those behind them at their deadlines, and no second one starts', async () => {
		const { held, table, ...options } = heldWrite();
		const log = createAuditLog({ ...options, deadline: 5000 });
		const hung = expect(log.append([draft(1)])).rejects.toMatchObject(unavailable);
		await vi.advanceTimersByTimeAsync(2000);
		const behind = expect(log.append([draft(2)])).rejects.toMatchObject(unavailable);
		await vi.advanceTimersByTimeAsync(3000);
		await hung;
		await vi.advanceTimersByTimeAsync(2000);
		await behind;
		expect(log.stats()).toMatchObject({ waitingEntries: 0, inFlight: 1 });
		const next = log.append([draft(3)]);
		expect(held.length).toBe(1);

		held[0]?.commit();
		await endOfTurn();
		await endOfTurn();
		expect(held.length).toBe(2);
		held[1]?.commit();
		await next;
		// A caller that left before its write left no entry. A caller that left during its write may have left one.
		expect(table.rows.map((row) => [row.sequence, parseLeaf(row.leaf).records[0]])).toEqual([
			[1, record(1)],
			[2, record(3)],
		]);
	});

	it('no timer remains after all calls have returned', async () => {
		await open(new FakeTable()).append([draft(1)]);
		expect(vi.getTimerCount()).toBe(0);
	});

	it('close writes what is queued and refuses the rest', async () => {
		const { held, table, ...options } = heldWrite();
		const log = createAuditLog(options);
		const answers = [log.append([draft(1)])];
		await endOfTurn();
		answers.push(log.append([draft(2)]));
		const closing = log.close();
		await expect(log.append([draft(3)])).rejects.toMatchObject(unavailable);
		held[0]?.commit();
		await answers[0];
		await endOfTurn();
		held[1]?.commit();
		await Promise.all([...answers, closing]);
		expect(table.rows.length).toBe(2);
	});

	it('close does not wait for a hung write longer than its callers do', async () => {
		const { held, table, ...options } = heldWrite();
		const log = createAuditLog(options);
		const answer = expect(log.append([draft(1)])).rejects.toMatchObject(unavailable);
		const closing = log.close();
		await vi.advanceTimersByTimeAsync(5000);
		await Promise.all([answer, closing]);
		expect([held.length, table.rows.length]).toEqual([1, 0]);
	});
});

it('five thousand entries behind one write take five more', async () => {
	const { held, table, ...options } = heldWrite();
	const log = createAuditLog({
		...options,
		write: (rows) => (held.length === 0 ? options.write(rows) : Promise.resolve()),
	});
	const start = { ...reading, action: 'process.start', firm: null, request: null, document: null } as const;
	const plain: EntryDraft = { ...start, coordinates: [], records: [], keys: [] };
	const all = [log.append([plain])];
	await endOfTurn();
	for (let n = 1; n < 5000; n++) all.push(log.append([plain]));
	held[0]?.commit();
	await Promise.all(all);
	expect(log.stats()).toMatchObject({ committedEntries: 5000, committedWrites: 6 });
	expect(table.rows.length).toBe(1);
});
