import type { Sql, TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { markEnd, moveBySql, requestBySql, revokeBySql, type SqlLease } from './leases-by-sql.ts';
import { makeTwoFirms, roleOf, type Side, type TwoFirms } from './two-firms.ts';

/** Rules of the trigger on a lease, by their messages. */
const REVIEW = 'a third person must review the lease';
const NOW = 'a lease must be activated at the current time, for its minutes';
const ONCE = 'a lease can be activated only once';
const KEPT = 'this column of a lease cannot be changed now';
const refusedBy = (rule: string) => `23000 ${rule}`;

/** An account of a person; of a new person by default. */
async function addAccount(admin: Sql, person = uuidv7()): Promise<string> {
	const id = uuidv7();
	const email = `${id}@account.example`;
	await admin`insert into users ${admin({ id, issuer: 'sql', subject: id, person_id: person, email, name: 'Account' })}`;
	return id;
}
const personOf = async (admin: Sql, user: string): Promise<string> =>
	(await admin`select person_id from users where id = ${user}`)[0]?.person_id;

/** Removes one rule from the trigger, and keeps the others. */
async function withoutRule(sql: TransactionSql, rule: string): Promise<void> {
	const [row] = await sql`select pg_get_functiondef('public.guard_lease()'::regprocedure) as whole`;
	const [before, after, ...more] = String(row?.whole).split(`RAISE EXCEPTION '${rule}' USING`);
	if (before === undefined || after === undefined || more.length > 0) throw new Error(`there is no such rule: ${rule}`);
	await sql.unsafe(`${before}NULL${after.slice(after.indexOf(';'))}`);
}

describe.each(servers)('the trigger on a lease, rule by rule, on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	interface Attempt {
		/** Earlier changes, not by the role. */
		readonly given?: string;
		/** The removed rule. */
		readonly without?: string;
	}
	/** The result of an update of one row by a role, which is rolled back: `done`, or the SQLSTATE and the message. */
	async function answerTo(side: Side, update: string, { given, without }: Attempt = {}): Promise<string> {
		const back = new Error('taken back');
		try {
			await two.admin.begin(async (sql) => {
				if (without) await withoutRule(sql, without);
				if (given) await sql.unsafe(given);
				await sql`select set_config('role', ${roleOf(side)}, true), set_config('firmseal.firm', ${two.north.id}, true)`;
				expect((await sql.unsafe(update)).count).toBe(1);
				throw back;
			});
		} catch (error) {
			if (error === back) return 'done';
			const { code, message } = error as { code?: string; message: string };
			if (!code) throw error;
			return code === '23000' ? `${code} ${message}` : code;
		}
		throw new Error('nothing was taken back');
	}
	/** Refused with the rule; without it, only other rules may refuse, usually none. */
	async function expectRefusedBy(rule: string, side: Side, update: string, given?: string, otherwise = 'done') {
		const before = given === undefined ? {} : { given };
		expect([update, await answerTo(side, update, before)]).toEqual([update, refusedBy(rule)]);
		expect([update, await answerTo(side, update, { ...before, without: rule })]).toEqual([update, otherwise]);
	}

	describe('for a review', () => {
		/** The platform's requester and approver, the firm's approver, each also with a second account, and third persons. */
		let people: Readonly<Record<'asked' | 'askedToo' | 'agreed' | 'agreedToo' | 'third' | 'fourth', string>>;
		let owners: Readonly<Record<'agreed' | 'agreedToo' | 'third', string>>;
		let ended: SqlLease;
		beforeAll(async () => {
			const { admin, north } = two;
			const operator = async (person?: string) => {
				const id = await addAccount(admin, person);
				await admin`insert into operators (user_id, roles) values (${id}, '{OPERATOR,APPROVER}')`;
				return id;
			};
			const owner = async (person?: string) => {
				const id = await addAccount(admin, person);
				// Bypasses the trigger that keeps a person on one side.
				await admin.begin(async (tx) => {
					await tx`alter table memberships disable trigger one_side_only`;
					await tx`insert into memberships (firm_id, user_id, role) values (${north.id}, ${id}, 'OWNER')`;
					await tx`alter table memberships enable always trigger one_side_only`;
				});
				return id;
			};
			const [asked, agreed] = [await operator(), await operator()];
			people = {
				asked,
				askedToo: await operator(await personOf(admin, asked)),
				agreed,
				agreedToo: await operator(await personOf(admin, agreed)),
				third: await operator(),
				fourth: await operator(),
			};
			owners = {
				agreed: north.author,
				agreedToo: await owner(await personOf(admin, north.author)),
				third: await owner(),
			};
			ended = await agreedLease();
			for (const state of ['APPROVED', 'ACTIVATING', 'ACTIVE'] as const) await moveBySql(two, ended, state);
			await revokeBySql(two, ended);
		});

		/** A requested lease that both sides have approved. */
		async function agreedLease(): Promise<SqlLease> {
			const lease = await requestBySql(two, two.north, { user: people.asked });
			for (const [plane, side, user] of [
				['operator', 'PLATFORM', people.agreed],
				['firm', 'FIRM', owners.agreed],
			] as const)
				await two.as(
					plane,
					two.north.id,
					(tx) => tx`insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac)
						select id, firm_id, ${side}, ${user}, request_hash, request_mac from leases where id = ${lease.id}`,
				);
			return lease;
		}
		const reviewOf = ({ id }: SqlLease, user: string) => `update leases set reviewed_by = '${user}' where id = '${id}'`;

		it.each(['asked', 'askedToo', 'agreed', 'agreedToo'] as const)(
			'refuses a platform reviewer who took part in the lease: %s',
			async (who) => {
				await expectRefusedBy(REVIEW, 'operator', reviewOf(ended, people[who]));
			},
		);

		it.each(['agreed', 'agreedToo'] as const)('refuses a firm reviewer who took part in the lease: %s', async (who) => {
			await expectRefusedBy(REVIEW, 'firm', reviewOf(ended, owners[who]));
		});

		it('refuses an account that now belongs to a person who took part, on either side', async () => {
			for (const [side, user, as] of [
				['operator', people.third, people.asked],
				['operator', people.third, owners.agreed],
				['firm', owners.third, people.agreed],
			] as const) {
				const given = `update users set person_id = (select person_id from users where id = '${as}') where id = '${user}'`;
				await expectRefusedBy(REVIEW, side, reviewOf(ended, user), given);
			}
		});

		it('accepts a third person of either side', async () => {
			expect(await answerTo('operator', reviewOf(ended, people.third))).toBe('done');
			expect(await answerTo('firm', reviewOf(ended, owners.third))).toBe('done');
		});

		it('accepts a person who took part in another lease only', async () => {
			const lease = await requestBySql(two, two.north);
			await moveBySql(two, lease, 'DENIED');
			for (const who of ['asked', 'askedToo', 'agreed', 'agreedToo'] as const)
				expect([who, await answerTo('operator', reviewOf(lease, people[who]))]).toEqual([who, 'done']);
			for (const who of ['agreed', 'agreedToo'] as const)
				expect([who, await answerTo('firm', reviewOf(lease, owners[who]))]).toEqual([who, 'done']);
		});

		it('refuses everyone before the lease has ended', async () => {
			const lease = await agreedLease();
			await moveBySql(two, lease, 'APPROVED');
			await expectRefusedBy(KEPT, 'operator', reviewOf(lease, people.third));
		});

		it('accepts one person, once, at the database’s time', async () => {
			const lease = await agreedLease();
			await moveBySql(two, lease, 'DENIED');
			await two.as(
				'operator',
				null,
				(tx) => tx`update leases set reviewed_by = ${people.third}, reviewed_at = '2001-01-01' where id = ${lease.id}`,
			);
			const [row] = await two.admin`select reviewed_by as by,
				reviewed_at between clock_timestamp() - interval '1 minute' and clock_timestamp() + interval '1 ms' as "isNow"
				from leases where id = ${lease.id}`;
			expect(row).toEqual({ by: people.third, isNow: true });
			await expectRefusedBy(KEPT, 'operator', reviewOf(lease, people.fourth));
			await expectRefusedBy(KEPT, 'firm', reviewOf(lease, owners.third));
		});
	});

	describe('for an activation', () => {
		const MINUTES = 7;
		let lease: SqlLease;
		beforeAll(async () => {
			lease = await requestBySql(two, two.north, { minutes: MINUTES });
			for (const state of ['APPROVED', 'ACTIVATING'] as const) await moveBySql(two, lease, state);
		});

		const MAC = `decode(repeat('00', 36), 'hex')`;
		/** `t.at` is the database's current time, and `t.until` the end after the minutes. */
		const activation = (activatedAt: string, expiresAt: string, mac = MAC) =>
			`update leases set state = 'ACTIVE', activated_at = ${activatedAt}, expires_at = ${expiresAt}, activation_mac = ${mac}
				from (select at, at + interval '${MINUTES} minutes' as until
					from (select date_trunc('milliseconds', clock_timestamp()) as at) n) t where id = '${lease.id}'`;

		it('accepts the current time, or that of a broker a few seconds ago, for the requested minutes', async () => {
			expect(await answerTo('broker', activation('t.at', 't.until'))).toBe('done');
			const ago = (seconds: number) =>
				activation(`t.at - interval '${seconds} s'`, `t.until - interval '${seconds} s'`);
			expect(await answerTo('broker', ago(3))).toBe('done');
			await expectRefusedBy(NOW, 'broker', ago(6));
		});

		it.each(['- 1 h', '- 6 s', '+ 10 s', '+ 1 h', '+ 1 day'])('refuses another time: now %s', async (other) => {
			const moved = (time: string) => `${time} ${other.slice(0, 1)} interval '${other.slice(2)}'`;
			await expectRefusedBy(NOW, 'broker', activation(moved('t.at'), moved('t.until')));
		});

		it.each(['+ 1 day', '+ 1 s', '+ 1 ms', '- 1 ms', '- 1 s', '- 1 h'])(
			'refuses another duration: the requested minutes %s',
			async (other) => {
				const moved = `t.until ${other.slice(0, 1)} interval '${other.slice(2)}'`;
				await expectRefusedBy(NOW, 'broker', activation('t.at', moved));
			},
		);

		it('refuses a lease without end, or from the beginning of time', async () => {
			await expectRefusedBy(NOW, 'broker', activation('t.at', `'9999-12-31'`));
			await expectRefusedBy(NOW, 'broker', activation(`'0001-01-01'`, 't.until'));
			await expectRefusedBy(NOW, 'broker', activation(`'0001-01-01'`, `'0001-01-01'`));
		});

		it('requires all of its columns', async () => {
			await expectRefusedBy(NOW, 'broker', activation('null', 'null', 'null'));
			await expectRefusedBy(NOW, 'broker', activation('t.at', 't.until', 'null'), undefined, '23514');
			await expectRefusedBy(NOW, 'broker', activation('null', 't.until'), undefined, '23514');
			// The trigger does not refuse a comparison with null: the CHECK for a whole activation does.
			expect(await answerTo('broker', activation('t.at', 'null'))).toBe('23514');
		});

		it('refuses while the clock is behind a time already seen', async () => {
			const floor = (interval: string) =>
				`update clock_high_water_marks set at = clock_timestamp() + interval '${interval}'`;
			await expectRefusedBy(NOW, 'broker', activation('t.at', 't.until'), floor('10 s'));
			await expectRefusedBy(NOW, 'broker', activation('t.at', 't.until'), 'delete from clock_high_water_marks');
			expect(await answerTo('broker', activation('t.at', 't.until'), { given: floor('1 s') })).toBe('done');
		});

		it('accepts it once: no later change, with or without a move, extends the lease', async () => {
			const active = await requestBySql(two, two.north, { minutes: MINUTES });
			for (const state of ['APPROVED', 'ACTIVATING', 'ACTIVE'] as const) await moveBySql(two, active, state);
			for (const more of [`expires_at = expires_at + interval '1 ms'`, 'activated_at = clock_timestamp()'])
				await expectRefusedBy(KEPT, 'broker', `update leases set ${more} where id = '${active.id}'`);
			await markEnd(two, active);
			const ending = `update leases set state = 'REVOKED', expires_at = expires_at + interval '1 ms' where id = '${active.id}'`;
			await expectRefusedBy(ONCE, 'broker', ending);
		});
	});
});
