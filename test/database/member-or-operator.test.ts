import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Sql, TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertMembership, insertOperator, SUPERUSER } from '../../src/database/index.ts';
import { untilBlocked } from '../support/blocked.ts';
import { servers } from '../support/both-servers.ts';
import { LOGINS } from '../support/installation.ts';
import { codeOf, makeTwoFirms, type TwoFirms } from './two-firms.ts';

const NOT_BOTH = '23000';

describe.each(servers)('members and operators on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	async function account(personId: string = uuidv7()): Promise<string> {
		const id = uuidv7();
		await two.admin`insert into users (id, person_id, issuer, subject, email, name) values (${id}, ${personId}, 'issuer', ${id}, ${`${id}@x.example`}, 'Name')`;
		return id;
	}
	const member = (as: Sql | TransactionSql, user: string) =>
		as`insert into memberships (firm_id, user_id, role) values (${two.north.id}, ${user}, 'MEMBER')`;
	const operator = (as: Sql | TransactionSql, user: string) =>
		as`insert into operators (user_id, roles) values (${user}, array['OPERATOR'])`;
	/** A firm makes members, the worker makes operators. */
	const inPlane = (become: typeof member, user: string) =>
		become === member
			? two.as('firm', two.north.id, (tx) => become(tx, user))
			: two.as('worker', null, (tx) => become(tx, user));
	const sides = [
		['member', 'operator', member, operator],
		['operator', 'member', operator, member],
	] as const;

	describe.each(sides)('a person who is %s', (_first, _second, become, becomeOther) => {
		it('is never made %s, by their own plane or the superuser, with this or another account', async () => {
			const person = uuidv7();
			const [one, another] = [await account(person), await account(person)];
			await inPlane(become, one);
			for (const user of [one, another]) {
				expect(await codeOf(inPlane(becomeOther, user))).toBe(NOT_BOTH);
				expect(await codeOf(becomeOther(two.admin, user))).toBe(NOT_BOTH);
			}
			const inReplicationMode = two.admin.begin(async (tx) => {
				await tx`set local session_replication_role = replica`;
				await becomeOther(tx, another);
			});
			expect(await codeOf(inReplicationMode)).toBe(NOT_BOTH);
		});

		it('is not made %s after leaving', async () => {
			const user = await account();
			await become(two.admin, user);
			await two.admin`update memberships set removed_at = now() where user_id = ${user}`;
			await two.admin`update operators set disabled_at = now() where user_id = ${user}`;
			expect(await codeOf(becomeOther(two.admin, user))).toBe(NOT_BOTH);
		});

		it('is not made %s by moving the row to another account', async () => {
			const person = uuidv7();
			const [one, another] = [await account(person), await account(person)];
			const innocent = await account();
			await become(two.admin, one);
			await becomeOther(two.admin, innocent);
			expect(await codeOf(two.admin`update memberships set user_id = ${another} where user_id = ${innocent}`)).toMatch(
				/23000|done/,
			);
			expect(await codeOf(two.admin`update operators set user_id = ${another} where user_id = ${innocent}`)).toMatch(
				/23000|done/,
			);
			const [both] = await two.admin`select
				exists (select from memberships m join users u on u.id = m.user_id where u.person_id = ${person}) as member,
				exists (select from operators o join users u on u.id = o.user_id where u.person_id = ${person}) as operator`;
			expect([both?.member, both?.operator]).toContain(false);
		});

		it.each(['read committed', 'repeatable read', 'serializable'])(
			'becomes one of the two if two transactions try at once, %s',
			async (isolation) => {
				for (const sameAccount of [true, false]) {
					const person = uuidv7();
					const one = await account(person);
					const another = sameAccount ? one : await account(person);
					const secondBegan = Promise.withResolvers<void>();
					const firstTried = Promise.withResolvers<void>();
					const isolated = <T>(work: (tx: TransactionSql) => Promise<T>) =>
						two.admin.begin(`isolation level ${isolation}`, async (tx) => {
							// Takes the snapshot before either transaction has written.
							await tx`select count(*) from users`;
							return work(tx);
						});
					const first = isolated(async (tx) => {
						await secondBegan.promise;
						await become(tx, one).finally(firstTried.resolve);
						await untilBlocked(two.admin, SUPERUSER);
					});
					const second = isolated(async (tx) => {
						secondBegan.resolve();
						await firstTried.promise;
						await becomeOther(tx, another);
					});
					const outcomes = await Promise.all([codeOf(first), codeOf(second)]);
					// With an older snapshot neither transaction could see the other, so both are refused.
					if (isolation === 'read committed') expect(outcomes).toEqual(['done', '23000']);
					else expect(outcomes).toEqual(['25000', '25000']);
				}
			},
		);
	});

	it('are kept apart by the planes under any default isolation level of the database', async () => {
		await two.admin.unsafe(
			`alter database ${two.admin.options.database} set default_transaction_isolation = 'repeatable read'`,
		);
		const [a, b] = [two.plane('worker', 1), two.plane('worker', 1)];
		const shown = await a.read(null, (tx) => tx.execute(sql`show transaction_isolation`));
		expect(shown.rows[0]).toEqual({ transaction_isolation: 'read committed' });
		const user = await account();
		const firstWrote = Promise.withResolvers<void>();
		const first = a.write(null, async (tx) => {
			await insertOperator(tx, { userId: user, roles: ['OPERATOR'], mac: randomBytes(36) });
			firstWrote.resolve();
			await untilBlocked(two.admin, LOGINS.worker);
		});
		const second = b.write(null, async (tx) => {
			await tx.execute(sql`select count(*) from users`);
			await firstWrote.promise;
			await insertMembership(tx, { userId: user, firmId: two.north.id, role: 'MEMBER', mac: randomBytes(36) });
		});
		expect(await Promise.all([codeOf(first), codeOf(second)])).toEqual(['done', NOT_BOTH]);
		await two.admin.unsafe(`alter database ${two.admin.options.database} reset default_transaction_isolation`);
	});

	it('are distinguished by person: accounts of two people do not affect each other', async () => {
		const [one, another] = [await account(), await account()];
		const outcomes = await Promise.all([codeOf(member(two.admin, one)), codeOf(operator(two.admin, another))]);
		expect(outcomes).toEqual(['done', 'done']);
	});

	it('belong to one firm each', async () => {
		const user = await account();
		await member(two.admin, user);
		const second = two.admin`insert into memberships (firm_id, user_id, role) values (${two.harbour.id}, ${user}, 'MEMBER')`;
		expect(await codeOf(second)).toBe('23505');
	});
});
