import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

/** unique_violation */
const IS_THERE = '23505';
const CLASSES = ['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS', 'JOB'];

describe.each(servers)('the login of firms on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());
	beforeEach(async () => {
		await two.admin`delete from jobs`;
		await two.admin`delete from data_keys where firm_id = ${two.north.id}`;
		for (const of of CLASSES) await two.admin.unsafe(key({ class: of }));
	});

	const key = (over: Readonly<Record<string, string | number>> = {}): string => {
		const row = { class: 'NOTE', version: 1, state: 'ACTIVE', wrapped: '\\x00', key_id: 'k', ...over };
		const values = Object.values(row).map((value) => `'${value}'`);
		return `insert into data_keys (firm_id, commitment, ${Object.keys(row)}) values ('${two.north.id}', decode(repeat('00', 32), 'hex'), ${values})`;
	};
	const asFirm = (...statements: readonly string[]) =>
		codeOf(
			two.as('firm', two.north.id, async (tx) => {
				for (const statement of statements) await tx.unsafe(statement);
			}),
		);
	const retire = (of = 'NOTE') => `update data_keys set state = 'RETIRED' where class = '${of}' and state = 'ACTIVE'`;
	const states = async () =>
		(
			await two.admin`select class, version::int, state from data_keys where firm_id = ${two.north.id} order by class, version`
		).map((row) => `${row.class} ${row.version} ${row.state}`);

	it('deletes no key that proves rights, and disables, destroys and re-enables none', async () => {
		const before = await states();
		for (const of of ['RIGHTS', 'JOB'])
			for (const set of ["state = 'RETIRED'", "state = 'DISABLED'", "state = 'DESTROYED'", 'sealed = 9'])
				expect([
					of,
					set,
					await two.as('firm', two.north.id, (tx) =>
						tx.unsafe(`update data_keys set ${set} where class = '${of}' returning version`),
					),
				]).toEqual([of, set, []]);
		for (const state of ['DISABLED', 'DESTROYED'])
			expect([state, await asFirm(`update data_keys set state = '${state}' where class = 'NOTE'`)]).toEqual([
				state,
				NO_PRIVILEGE,
			]);
		expect(await states()).toEqual(before);
		await two.admin`update data_keys set state = 'RETIRED' where firm_id = ${two.north.id} and class = 'NOTE'`;
		expect(
			await two.as('firm', two.north.id, (tx) => tx`update data_keys set state = 'ACTIVE' where class = 'NOTE'`),
		).toHaveLength(0);
		expect(await states()).toContain('NOTE 1 RETIRED');
	});

	it('creates the next content key version exactly as the program does, and no other', async () => {
		const far = { version: '9223372036854775807' };
		for (const over of [
			far,
			{ ...far, state: 'RETIRED' },
			{ version: 3 },
			{ version: 2, state: 'RETIRED' },
			{ version: 2, state: 'DESTROYED' },
			{ version: 2, sealed: 1 },
			{ version: 2, created_at: '1999-01-01' },
			{ version: 2, created_at: '2999-01-01' },
			{ version: 2, class: 'RIGHTS' },
			{ version: 2, class: 'JOB' },
			{ version: 1, class: 'CHECKPOINT' },
		])
			expect([over, await asFirm(retire(), key(over))]).toEqual([over, NO_PRIVILEGE]);
		expect(await asFirm(retire(), key({ version: 2 }))).toBe('done');
		expect(await states()).toEqual(expect.arrayContaining(['NOTE 1 RETIRED', 'NOTE 2 ACTIVE']));
	});

	it('gets a conflict if a version exists already, no matter who created it', async () => {
		for (const of of ['NOTE', 'RIGHTS']) expect([of, await asFirm(key({ class: of }))]).toEqual([of, IS_THERE]);
		const outcomes = await Promise.all(Array.from({ length: 4 }, () => asFirm(retire(), key({ version: 2 }))));
		expect(outcomes.sort()).toEqual([IS_THERE, IS_THERE, IS_THERE, 'done']);
	});

	it('requests one rotation of a class at a time, whatever versions it creates meanwhile', async () => {
		const job = (version: number, of = 'NOTE') =>
			`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_by, asked_at, mac) values ('${uuidv7()}', '${two.north.id}',
				'ROTATE', '${of}', ${version}, 'QUEUED', 'firm', '${two.north.author}', now(), decode(repeat('00', 36), 'hex'))`;
		expect(await asFirm(job(2), retire(), key({ version: 2 }), job(3))).toBe(IS_THERE);
		expect([await asFirm(job(2)), await asFirm(job(2, 'BILLING'))]).toEqual(['done', 'done']);
		expect(await asFirm(retire(), key({ version: 2 }), job(3))).toBe(IS_THERE);
		await two.admin`update jobs set state = 'CANCELLED', ended_at = now() where class = 'NOTE'`;
		expect(await asFirm(job(2))).toBe('done');
	});
});
