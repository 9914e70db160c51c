import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Plane, selectLeaseToUse } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { activeLeaseBySql, markEnd, moveBySql, requestBySql, type SqlLease } from './leases-by-sql.ts';
import { makeTwoFirms, type TwoFirms } from './two-firms.ts';

const CLOCK = 'clock_timestamp()';

/**
 * No one can stop PostgreSQL's clock. Instead, a relay replaces words in the statements that the planes send. It does not change what functions
 * of the database read from the clock themselves. `sent`: the statements before the change.
 */
async function sendingInstead<T>(words: string, others: string, work: () => Promise<T>) {
	const { query } = pg.Client.prototype;
	const sent: string[] = [];
	const change = (text: string) => {
		sent.push(text);
		return text.replaceAll(words, others);
	};
	pg.Client.prototype.query = function (this: pg.Client, ...[first, ...rest]: unknown[]) {
		const asked = first as string | { readonly text: string };
		const changed = typeof asked === 'string' ? change(asked) : { ...asked, text: change(asked.text) };
		return (query as (...all: unknown[]) => unknown).call(this, changed, ...rest);
	} as typeof query;
	try {
		return { result: await work(), sent };
	} finally {
		pg.Client.prototype.query = query;
	}
}

describe.each(servers)('a lease’s use by a request, on $name', (server) => {
	let two: TwoFirms;
	let plane: Plane;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		plane = two.plane('operator');
	});
	afterAll(() => two?.close());
	afterEach(() => two.admin`update clock_high_water_marks set at = clock_timestamp()`);

	const find = ({ id }: SqlLease) => plane.read(null, (tx) => selectLeaseToUse(tx, id));
	const isOpen = async (lease: SqlLease) => (await find(lease))?.isOpen;

	/** The same while the statement's clock shows the end of the lease, or so many milliseconds after it. */
	async function isOpenAt(lease: SqlLease, milliseconds: number, sign?: string): Promise<boolean | undefined> {
		const end = (await find(lease))?.expiresAt?.getTime() ?? Number.NaN;
		const time = `'${new Date(end + milliseconds).toISOString()}'::timestamptz`;
		const [words, others] = sign ? [`${CLOCK} <`, `${time} ${sign}`] : [CLOCK, time];
		const { result, sent } = await sendingInstead(words, others, () => find(lease));
		// If the statement read the clock twice, this would test two comparisons at once.
		expect(sent.join().split(CLOCK)).toHaveLength(2);
		return result?.isOpen;
	}

	it('is permitted until a millisecond before the end, and not at the end itself', async () => {
		const lease = await activeLeaseBySql(two, two.north);
		for (const [milliseconds, expected] of [
			[-60_000, true],
			[-1, true],
			[0, false],
			[1, false],
			[60_000, false],
		] as const)
			expect([milliseconds, await isOpenAt(lease, milliseconds)]).toEqual([milliseconds, expected]);
	});

	it('depends on that one comparison: with another operator it would be permitted at the end', async () => {
		const lease = await activeLeaseBySql(two, two.north);
		expect(await isOpenAt(lease, 0, '<=')).toBe(true);
		expect(await isOpenAt(lease, 1, '<=')).toBe(false);
		expect(await isOpenAt(lease, -1, '>=')).toBe(false);
	});

	it('is refused before the lease is active, from the end mark on, and while the clock is set back', async () => {
		const lease = await requestBySql(two, two.north);
		expect(await isOpen(lease)).toBe(false);
		for (const state of ['APPROVED', 'ACTIVATING'] as const) {
			await moveBySql(two, lease, state);
			expect(await isOpen(lease)).toBe(false);
		}
		await moveBySql(two, lease, 'ACTIVE');
		expect(await isOpen(lease)).toBe(true);
		await two.admin`update clock_high_water_marks set at = clock_timestamp() + interval '3 seconds'`;
		expect([await isOpen(lease), await isOpenAt(lease, -1)]).toEqual([false, false]);
		await two.admin`update clock_high_water_marks set at = clock_timestamp()`;
		expect([await isOpen(lease), await isOpenAt(lease, -1)]).toEqual([true, true]);
		await markEnd(two, lease);
		expect([await isOpen(lease), await isOpenAt(lease, -1)]).toEqual([false, false]);
		await moveBySql(two, lease, 'RELEASED');
		expect([await isOpen(lease), await isOpenAt(lease, -1)]).toEqual([false, false]);
	});
});
