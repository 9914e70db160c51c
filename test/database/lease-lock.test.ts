import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import {
	activeLeaseBySql,
	addContent,
	asBreakGlass,
	CLASSES,
	CONTENT,
	type Ended,
	expireIn,
	markEnd,
	moveBySql,
	ofClasses,
	requestBySql,
	revokeBySql,
	type SqlLease,
	seenRows,
	under,
} from './leases-by-sql.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

const MALFORMED = '22P02';

describe.each(servers)('the database’s own lock on content, on $name', (server) => {
	let two: TwoFirms;
	let north: Record<string, string[]>;
	let harbour: Record<string, string[]>;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		north = await addContent(two.admin, two.north);
		harbour = await addContent(two.admin, two.harbour);
	});
	afterAll(() => two?.close());

	const seen = (lease: SqlLease) => seenRows(two, under(lease));

	it('covers every table with sealed columns, each of one class', async () => {
		const policies = await two.admin`select polrelid::regclass::text as table, polname as name from pg_policy
			where polname like 'lease\\_%' and polrelid::regclass::text <> 'data_keys' order by 1`;
		expect(policies.map(({ table, name }) => [table, name])).toEqual(
			CONTENT.map(({ table, of }) => [table, `lease_${of.toLowerCase()}`]).sort(),
		);
		const columns = await two.admin`select attrelid::regclass::text as table, attname as name from pg_attribute
			join pg_class on pg_class.oid = attrelid
			where atttypid = 'public.sealed'::regtype and relkind = 'r' and not attisdropped`;
		expect(columns.map(({ table, name }) => `${table}.${name}`).sort()).toEqual(
			CONTENT.flatMap(({ table, columns: names }) => names.map((name) => `${table}.${name}`)).sort(),
		);
	});

	describe('shows no row of content', () => {
		it('without a named lease, or with the name of a lease that does not exist', async () => {
			for (const lease of ['', uuidv7(), '00000000-0000-0000-0000-000000000000'])
				expect(await seenRows(two, { firm: two.north.id, lease })).toEqual({});
		});

		it('and gives no answer for a malformed lease id', async () => {
			await activeLeaseBySql(two, two.north);
			for (const lease of ['x', "' or true --", '*', 'null', `${uuidv7()},${uuidv7()}`])
				for (const { table } of CONTENT)
					expect(
						await codeOf(
							asBreakGlass(two, { firm: two.north.id, lease }, (tx) => tx`select id from public.${tx(table)}`),
						),
					).toBe(MALFORMED);
		});

		it('before the lease is active', async () => {
			const lease = await requestBySql(two, two.north, { classes: CLASSES });
			expect(await seen(lease)).toEqual({});
			for (const state of ['APPROVED', 'ACTIVATING'] as const) {
				await moveBySql(two, lease, state);
				expect([state, await seen(lease)]).toEqual([state, {}]);
			}
			await moveBySql(two, lease, 'ACTIVE');
			expect(await seen(lease)).toEqual(north);
		});

		it.each<Ended>(['DENIED', 'CANCELLED'])('if the request was ended as %s', async (state) => {
			const lease = await requestBySql(two, two.north, { classes: CLASSES });
			await moveBySql(two, lease, state);
			expect(await seen(lease)).toEqual({});
		});

		it.each<Ended>(['REVOKED', 'RELEASED', 'EXHAUSTED'])('from the end mark on, and when it is %s', async (state) => {
			const lease = await activeLeaseBySql(two, two.north, { classes: CLASSES });
			expect(await seen(lease)).toEqual(north);
			await markEnd(two, lease);
			const [row] = await two.admin`select state from leases where id = ${lease.id}`;
			expect(row?.state).toBe('ACTIVE');
			expect(await seen(lease)).toEqual({});
			await moveBySql(two, lease, state);
			expect(await seen(lease)).toEqual({});
		});

		it('after the lease expires, even if no one has ended it', async () => {
			const lease = await activeLeaseBySql(two, two.north, { classes: CLASSES });
			await expireIn(two, lease, 60_000);
			expect(await seen(lease)).toEqual(north);
			await expireIn(two, lease, 0);
			expect(await seen(lease)).toEqual({});
			await markEnd(two, lease);
			await moveBySql(two, lease, 'EXPIRED');
			expect(await seen(lease)).toEqual({});
		});

		it('under a state that a role set by itself: it cannot', async () => {
			const { id } = await requestBySql(two, two.north, { classes: CLASSES });
			for (const side of ['operator', 'firm', 'broker'] as const) {
				const update = two.as(side, two.north.id, (tx) => tx`update leases set state = 'ACTIVE' where id = ${id}`);
				expect([side, await codeOf(update)]).toEqual([side, '23000']);
			}
			for (const side of ['operator', 'firm', 'broker', 'worker'] as const) {
				const insert = two.as(
					side,
					two.north.id,
					(tx) => tx`insert into leases select (l).* from (select l from leases l where id = ${id}) l`,
				);
				expect([side, await codeOf(insert)]).toEqual([side, NO_PRIVILEGE]);
			}
		});
	});

	it('shows exactly the tables of each class, and none of the other classes', async () => {
		for (const of of CLASSES) {
			const lease = await activeLeaseBySql(two, two.north, { classes: [of] });
			expect([of, await seen(lease)]).toEqual([of, ofClasses(north, of)]);
		}
		const both = await activeLeaseBySql(two, two.north, { classes: ['BILLING', 'NOTE'] });
		expect(await seen(both)).toEqual(ofClasses(north, 'BILLING', 'NOTE'));
	});

	it('shows exactly one firm, and nothing if the transaction names none or another', async () => {
		const lease = await activeLeaseBySql(two, two.harbour, { classes: CLASSES });
		expect(await seen(lease)).toEqual(harbour);
		expect(await seenRows(two, { lease: lease.id, firm: two.north.id })).toEqual({});
		expect(await seenRows(two, { lease: lease.id })).toEqual({});
		expect(await codeOf(seenRows(two, { lease: lease.id, firm: 'x' }))).toBe(MALFORMED);
	});

	it('allows nothing if it is called without a firm or a class', async () => {
		const lease = await activeLeaseBySql(two, two.north, { classes: CLASSES });
		await asBreakGlass(two, under(lease), async (tx) => {
			const [row] =
				await tx`select lease_allows(${two.north.id}, 'NOTE') as asked, lease_allows(null, 'NOTE') as "noFirm",
				lease_allows(${two.north.id}, null) as "noClass", lease_allows(${two.north.id}, 'note') as small,
				lease_allows(${two.north.id}, '') as empty, lease_allows(${two.harbour.id}, 'NOTE') as foreign`;
			expect(row).toEqual({
				asked: true,
				noFirm: false,
				noClass: false,
				small: false,
				empty: false,
				foreign: false,
			});
		});
	});

	it('shows exactly the records that the lease names', async () => {
		const [note = '', message = ''] = [north.notes?.[0], north.messages?.[1]];
		const foreign = harbour.notes?.[0] as string;
		const lease = await activeLeaseBySql(two, two.north, {
			classes: ['NOTE', 'COMMUNICATION'],
			records: [note, message, foreign],
		});
		expect(await seen(lease)).toEqual({ notes: [note], messages: [message] });
		const none = await activeLeaseBySql(two, two.north, { classes: CLASSES, records: [uuidv7()] });
		expect(await seen(none)).toEqual({});
	});

	it('shows wrapped keys of the lease’s firm and classes, and none of the keys that prove rights', async () => {
		for (const firm of [two.north.id, two.harbour.id])
			for (const of of [...CLASSES, 'RIGHTS'])
				await two.admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
					values (${firm}, ${of}, 77, 'RETIRED', '\\x00', decode(repeat('00', 32), 'hex'), 'k')`;
		const keys = (naming: { firm?: string; lease?: string }) =>
			asBreakGlass(two, naming, (tx) => tx`select firm_id, class from data_keys where version = 77 order by class`);
		const lease = await activeLeaseBySql(two, two.north, { classes: ['NOTE', 'BILLING'] });
		expect([...(await keys(under(lease)))]).toEqual([
			{ firm_id: two.north.id, class: 'BILLING' },
			{ firm_id: two.north.id, class: 'NOTE' },
		]);
		expect([...(await keys({ ...under(lease), firm: two.harbour.id }))]).toEqual([]);
		expect([...(await keys({ firm: two.north.id }))]).toEqual([]);
		await revokeBySql(two, lease);
		expect([...(await keys(under(lease)))]).toEqual([]);
	});

	describe('follows the database’s clock', () => {
		afterEach(() => two.admin`update clock_high_water_marks set at = clock_timestamp()`);

		it('except while it is more than two seconds behind a time already seen', async () => {
			const lease = await activeLeaseBySql(two, two.north, { classes: CLASSES });
			await two.admin`update clock_high_water_marks set at = clock_timestamp() + interval '3 seconds'`;
			expect(await seen(lease)).toEqual({});
			await two.admin`update clock_high_water_marks set at = clock_timestamp() + interval '1900 milliseconds'`;
			expect(await seen(lease)).toEqual(north);
			await two.admin`delete from clock_high_water_marks`;
			expect(await seen(lease)).toEqual({});
			await two.admin`insert into clock_high_water_marks (generation, plane, at) values (1, 'firmseal_owner', clock_timestamp())`;
			expect(await seen(lease)).toEqual(north);
		});

		it('to the millisecond, the time of expiry itself excluded', async () => {
			const [row] = await two.admin`
				with lease as (select '2026-03-01 10:00:00.000Z'::timestamptz as activated, '2026-03-01 10:30:00.000Z'::timestamptz as expires)
				select is_lease_open('ACTIVE', activated, expires, expires - interval '1 ms') as before,
					is_lease_open('ACTIVE', activated, expires, expires) as at,
					is_lease_open('ACTIVE', activated, expires, expires + interval '1 ms') as after,
					is_lease_open('ACTIVE', activated, expires, activated) as begun,
					is_lease_open('ACTIVE', activated, expires, activated - interval '2 s') as back,
					is_lease_open('ACTIVE', activated, expires, activated - interval '2001 ms') as "farBack",
					is_lease_open('ACTIVE', activated, null, activated) as endless,
					is_lease_open('ACTIVE', null, expires, activated) as never,
					is_lease_open('ACTIVE', activated, expires, null) as "noTime",
					is_lease_open(null, activated, expires, activated) as stateless,
					(select bool_or(is_lease_open(state, activated, expires, activated)) from unnest(array['REQUESTED', 'APPROVED',
						'ACTIVATING', 'EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED', 'DENIED', 'CANCELLED', 'LAPSED', 'active']) state) as other
				from lease`;
			expect(row).toEqual({
				before: true,
				at: false,
				after: false,
				begun: true,
				back: true,
				farBack: false,
				endless: false,
				never: false,
				noTime: false,
				stateless: false,
				other: false,
			});
		});
	});

	it('lets the operator’s own role select no sealed column: before, beside and after a lease', async () => {
		const attempts = CONTENT.flatMap(({ table, columns }) => [
			...columns.map((column) => `select ${column} from public.${table}`),
			`select * from public.${table}`,
			`select t from public.${table} t`,
			`select id from public.${table} where ${columns[0]} is null`,
		]);
		const lease = await activeLeaseBySql(two, two.north, { classes: CLASSES });
		for (const statement of attempts) {
			expect(await codeOf(two.as('operator', two.north.id, (tx) => tx.unsafe(statement))), statement).toBe(
				NO_PRIVILEGE,
			);
			for (const back of ['reset role', 'set local role none', 'set local role firmseal_operator']) {
				let isAllowedBefore = false;
				const attempt = asBreakGlass(two, under(lease), async (tx) => {
					await tx.unsafe(statement);
					isAllowedBefore = true;
					await tx.unsafe(back);
					await tx.unsafe(statement);
				});
				const code = await codeOf(attempt);
				expect([back, statement, isAllowedBefore, code]).toEqual([back, statement, true, NO_PRIVILEGE]);
			}
			const after = await codeOf(two.as('operator', two.north.id, (tx) => tx.unsafe(statement)));
			expect([statement, after]).toEqual([statement, NO_PRIVILEGE]);
		}
	});
});
