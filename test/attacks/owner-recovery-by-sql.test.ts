import type { Sql, TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setFirmSuspended } from '../../src/firms/index.ts';
import { idOf, makeRecovering, type Recovering } from '../firms/recovering.ts';
import type { Person } from '../support/person.ts';

const NO_PRIVILEGE = '42501';

let all: Recovering;
let scene: Recovering['scene'];
const signedIn = {} as Record<'firm' | 'worker', Sql>;
beforeAll(async () => {
	all = await makeRecovering();
	scene = all.scene;
	for (const side of ['firm', 'worker'] as const) signedIn[side] = scene.installation.signIn(side);
});
afterAll(() => scene?.installation.close());
beforeEach(async () => {
	await all.endAll();
	await scene.admin`update memberships set role = 'MEMBER', removed_at = null where user_id = ${idOf(scene.north.member)}`;
	await scene.installation.proofs.member(idOf(scene.north.member));
});

type Work = (tx: TransactionSql) => Promise<{ readonly count: number } & readonly Record<string, unknown>[]>;

/** The SQLSTATE of a refusal; otherwise the returned outcome, or the number of rows. */
async function attempt(side: 'firm' | 'worker', work: Work, isolation = 'read committed'): Promise<unknown> {
	try {
		return await signedIn[side].begin(`isolation level ${isolation}`, async (tx) => {
			await tx`select set_config('role', ${`firmseal_${side}`}, true), set_config('firmseal.firm', ${scene.north.id}, true)`;
			const rows = await work(tx);
			return rows[0]?.outcome ?? rows.count;
		});
	} catch (error) {
		return (error as { code: string }).code;
	}
}

const OPEN = 'from owner_recoveries where id not in (select recovery_id from owner_recovery_ends)';
/** Completes with a random MAC, since the database can't verify it. */
const completing: Work = (tx) =>
	tx.unsafe(`select public.complete_owner_recovery(id, decode(repeat('00', 36), 'hex')) as outcome ${OPEN}`);
const approving: Work = (tx) =>
	tx.unsafe(`select public.approve_owner_recovery(id, $1) as outcome ${OPEN}`, [all.two.user]);
const withdrawing: Work = (tx) => tx`select public.withdraw_owner_recovery(${scene.north.id})`;
const row = (columns: Record<string, unknown> = {}) => ({
	id: uuidv7(),
	firm_id: scene.north.id,
	user_id: idOf(scene.north.member),
	requested_by: all.one.user,
	...columns,
});
const inserting =
	(columns?: Record<string, unknown>): Work =>
	(tx) =>
		tx`insert into owner_recoveries ${tx(row(columns))}`;
const ending =
	(outcome: string, columns: Record<string, unknown> = {}): Work =>
	async (tx) => {
		const [recovery_id] = await all.openIds();
		return tx`insert into owner_recovery_ends ${tx({ recovery_id, firm_id: scene.north.id, outcome, ...columns })}`;
	};
const refusal = async (token: Person) => (await scene.api.ask(token, '{ viewer { role } }')).errors[0]?.extensions.code;
async function cancel() {
	const { errors } = await scene.api.ask(scene.north.owner, 'mutation { cancelOwnerRecovery { id } }');
	return errors.map(({ extensions }) => extensions.code);
}
/** Makes a recovery that can be completed at once. */
async function ready(): Promise<void> {
	await all.request();
	await all.approve();
	await all.witness();
	await all.seenAgo('73 hours');
}

describe('the worker', () => {
	it('shortens no waiting period: the database and the firm plane set the times', async () => {
		const long = new Date(0);
		for (const column of ['requested_at', 'approved_at', 'seen_at'])
			expect(await attempt('worker', inserting({ [column]: long }))).toBe(NO_PRIVILEGE);
		expect(await attempt('worker', inserting({ approved_by: all.two.user }))).toBe(NO_PRIVILEGE);
		expect(await attempt('worker', inserting())).toBe(1);
		expect(await attempt('worker', completing)).toBe('UNAPPROVED');
		expect(await attempt('worker', approving)).toBe(true);
		expect(await attempt('worker', approving)).toBe(false);
		expect(['UNSEEN', 'EARLY']).toContain(await attempt('worker', completing));
		const refused: Work[] = [
			(tx) => tx`update owner_recoveries set approved_by = ${all.one.user}`,
			(tx) => tx`update owner_recoveries set approved_at = ${long}`,
			(tx) => tx`update owner_recoveries set seen_at = ${long}`,
			(tx) => tx`update owner_recoveries set user_id = ${all.two.user}`,
			(tx) => tx`delete from owner_recoveries`,
			(tx) => tx`select public.witness_owner_recoveries()`,
			ending('COMPLETED'),
			ending('CANCELLED'),
			ending('WITHDRAWN'),
			(tx) => tx`delete from owner_recovery_ends`,
			(tx) => tx`update owner_recovery_ends set outcome = 'COMPLETED'`,
			(tx) => tx`alter table owner_recoveries disable trigger stamp`,
			(tx) => tx`set local session_replication_role = replica`,
		];
		for (const work of refused) expect(await attempt('worker', work)).toBe(NO_PRIVILEGE);
		await all.witness();
		expect(await attempt('worker', completing)).toBe('EARLY');
		expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
	});

	it('cannot set a time or mark a recovery as seen, even with every privilege and without policies', async () => {
		await scene.admin
			.begin(async (tx) => {
				await tx`grant insert, update on owner_recoveries to firmseal_worker`;
				await tx`create policy open on owner_recoveries to firmseal_worker using (true) with check (true)`;
				await tx`select set_config('role', 'firmseal_worker', true)`;
				const past = new Date(0);
				const { id, ...others } = row({ approved_by: all.two.user, approved_at: past, seen_at: past });
				const [made] = await tx`insert into owner_recoveries ${tx({ id, ...others })} returning *`;
				expect(made).toMatchObject({ approved_by: null, approved_at: null, seen_at: null });
				expect(made?.requested_at.getTime()).toBeGreaterThan(past.getTime());
				const approved =
					await tx`update owner_recoveries set approved_by = ${all.two.user}, approved_at = ${past} where id = ${id} returning approved_at`;
				expect(approved[0]?.approved_at.getTime()).toBeGreaterThan(past.getTime());
				for (const [code, work] of [
					['42501', (sp: TransactionSql) => sp`update owner_recoveries set seen_at = ${past} where id = ${id}`],
					['23000', (sp: TransactionSql) => sp`update owner_recoveries set approved_at = ${past} where id = ${id}`],
					['23000', (sp: TransactionSql) => sp`update owner_recoveries set approved_by = null where id = ${id}`],
				] as const)
					await expect(tx.savepoint(work)).rejects.toMatchObject({ code });
				throw new Error('rolled back');
			})
			.catch((error: Error) => expect(error.message).toBe('rolled back'));
	});

	it('takes no step without a notice, ends no recovery twice, and requests recoveries only of active firms', async () => {
		await attempt('worker', inserting());
		expect((await all.noticesFor(scene.north.member, 1))[0]).toMatchObject({ kind: 'OWNER_RECOVERY_REQUESTED' });
		expect(await attempt('worker', inserting())).toBe('23505');
		expect(await attempt('worker', withdrawing)).toBe(1);
		expect((await all.noticesFor(scene.north.member, 1))[0]).toMatchObject({ kind: 'OWNER_RECOVERY_CANCELLED' });
		expect(await attempt('worker', withdrawing)).toBe(0);
		expect(await attempt('worker', (tx) => tx`insert into owner_recoveries ${tx([row(), row()])}`)).toBe('23505');
		await scene.admin`update firms set status = 'SUSPENDED' where id = ${scene.north.id}`;
		expect(await attempt('worker', inserting())).toBe('23000');
		await scene.admin`update firms set status = 'ACTIVE' where id = ${scene.north.id}`;
		expect(await attempt('worker', inserting(), 'repeatable read')).toBe('25000');
		expect(await all.openIds()).toEqual([]);
	});
});

it('the firm plane cancels its own recovery, and nothing else', async () => {
	await attempt('worker', inserting());
	const [own] = await all.openIds();
	const theirs = row({ firm_id: scene.harbour.id, user_id: idOf(scene.harbour.member) });
	await attempt('worker', inserting(theirs));
	const refused: Work[] = [
		inserting(),
		(tx) => tx`update owner_recoveries set approved_by = ${all.two.user}`,
		(tx) => tx`update owner_recoveries set seen_at = now()`,
		(tx) => tx`select from owner_recoveries for update`,
		approving,
		withdrawing,
		completing,
		ending('COMPLETED', { recovery_id: own }),
		ending('WITHDRAWN', { recovery_id: own }),
		ending('CANCELLED', { recovery_id: own, ended_at: new Date(0) }),
		ending('CANCELLED', { recovery_id: own, firm_id: scene.harbour.id }),
		ending('CANCELLED', { recovery_id: theirs.id }),
		ending('CANCELLED', { recovery_id: theirs.id, firm_id: scene.harbour.id }),
		ending('CANCELLED', { recovery_id: uuidv7() }),
	];
	for (const work of refused) expect(await attempt('firm', work)).toBe(NO_PRIVILEGE);
	expect(await attempt('firm', ending('CANCELLED', { recovery_id: own }))).toBe(1);
	expect(await attempt('firm', ending('CANCELLED', { recovery_id: own }))).toBe('23505');
	expect(await all.openIds()).toEqual([theirs.id]);
});

describe('a transaction of the worker that stays open during the 72 hours', () => {
	describe('if the waiting period is zero hours,', () => {
		let original: string;
		beforeAll(async () => {
			const of = "'public.complete_owner_recovery(uuid, bytea)'::regprocedure";
			const [found] = await scene.admin.unsafe(`select pg_get_functiondef(${of}) as text`);
			original = found?.text;
			expect(original).toContain("interval '72 hours'");
			await scene.admin.unsafe(original.replaceAll("interval '72 hours'", "interval '0 hours'"));
		});
		afterAll(() => scene.admin.unsafe(original));

		it('completes no recovery that the same transaction has requested and approved', async () => {
			const outcome = await attempt('worker', async (tx) => {
				await inserting()(tx);
				await approving(tx);
				await all.witness();
				return completing(tx);
			});
			expect(outcome).toBe('UNSEEN');
			expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
		});

		it('completes no recovery with an approval that only it can see', async () => {
			await all.request();
			const outcome = await attempt('worker', async (tx) => {
				await approving(tx);
				await all.witness();
				return completing(tx);
			});
			expect(outcome).toBe('UNSEEN');
		});
	});

	it('cannot complete right after a late commit: the hours begin when the firm plane has seen the recovery', async () => {
		await attempt('worker', async (tx) => {
			await inserting()(tx);
			return approving(tx);
		});
		// Backdates the rows, as if the transaction had stayed open for 80 hours.
		await scene.admin.begin(async (tx) => {
			await tx`alter table owner_recoveries disable trigger stamp`;
			await tx`update owner_recoveries set requested_at = now() - interval '80 hours', approved_at = now() - interval '80 hours'
				where id in ${tx(await all.openIds())}`;
			await tx`update notices set created_at = now() - interval '80 hours' where kind = 'OWNER_RECOVERY_REQUESTED'`;
			await tx`alter table owner_recoveries enable always trigger stamp`;
		});
		expect(['UNSEEN', 'EARLY']).toContain(await attempt('worker', completing));
		await all.witness();
		expect(await attempt('worker', completing)).toBe('EARLY');
		// It is the newest notice of the firm's people.
		expect((await all.noticesFor(scene.north.member, 1))[0]).toMatchObject({ kind: 'OWNER_RECOVERY_APPROVED' });
	});

	const holds: [string, Work, unknown][] = [
		['locks the firm', (tx) => tx`select from firms where id = ${scene.north.id} for key share`, NO_PRIVILEGE],
		['holds the firm', (tx) => tx`select public.hold_firm(${scene.north.id}, true) as outcome`, true],
		['suspends the firm', (tx) => tx`select public.set_firm_status(${scene.north.id}, 'SUSPENDED') as outcome`, true],
		['locks the recovery', (tx) => tx`select from owner_recoveries for key share`, NO_PRIVILEGE],
		['locks its ends', (tx) => tx`select from owner_recovery_ends for key share`, NO_PRIVILEGE],
		['locks the people', (tx) => tx`select from users for key share`, NO_PRIVILEGE],
		// It may lock a row without a MAC, to set one, but no such row exists.
		['locks the members', (tx) => tx`select from memberships for key share`, 0],
		...['firms', 'users', 'memberships', 'owner_recoveries', 'owner_recovery_ends', 'notices', 'audit_entries'].map(
			(table): [string, Work, unknown] => [
				`locks the table ${table}`,
				(tx) => tx.unsafe(`lock table ${table} in share mode`),
				NO_PRIVILEGE,
			],
		),
		['approves', approving, true],
		[
			'completes too early',
			async (tx) => {
				await all.approve();
				await all.witness();
				return completing(tx);
			},
			'EARLY',
		],
		['withdraws', withdrawing, 1],
	];
	it.each(holds)('and that %s keeps no owner from cancelling the recovery', async (_, hold, expected) => {
		await all.request();
		let refused: unknown;
		const outcome = await attempt('worker', async (tx) => {
			// A refused lock leaves nothing to wait for; a granted one stays held.
			const held = await tx.savepoint(hold).catch((error: { code: string }) => [{ outcome: error.code }]);
			refused = await cancel();
			return held as unknown as ReturnType<Work>;
		});
		expect([outcome, refused]).toEqual([expected, []]);
		await scene.admin`update firms set status = 'ACTIVE' where id = ${scene.north.id}`;
		expect(await attempt('worker', approving)).toBe(0);
		expect(await all.roleOf(scene.north.owner)).toBe('OWNER');
	});

	it('cannot make an approver approve or complete another recovery than the one they read', async () => {
		/** Replaces the recovery with one for the portal's user, with the same requester. */
		const replace: Work = async (tx) => {
			await withdrawing(tx);
			return inserting({ user_id: idOf(scene.north.client) })(tx);
		};
		await all.request();
		const asked = await all.read(all.two);
		expect(await attempt('worker', replace)).toBe(1);
		await expect(all.approve(all.two, asked)).rejects.toMatchObject({ code: 'CONFLICT' });
		await all.endAll();
		await ready();
		const agreed = await all.read(all.one);
		expect([await attempt('worker', replace), await attempt('worker', approving)]).toEqual([1, true]);
		await all.witness();
		await all.seenAgo('73 hours');
		await expect(all.complete(all.one, agreed)).rejects.toMatchObject({ code: 'CONFLICT' });
		expect(await all.roleOf(scene.north.client)).toBe('CLIENT');
	});

	it('completes no recovery that an owner or the platform has ended since its snapshot', async () => {
		const suspend = () => all.inOffice((admin) => setFirmSuspended(admin, 'north', true));
		for (const end of [cancel, all.cancel, suspend]) {
			await ready();
			const outcome = await attempt(
				'worker',
				async (tx) => {
					await tx`select from owner_recoveries`;
					await end();
					return completing(tx);
				},
				'repeatable read',
			);
			expect(outcome).toBe('40001');
			await scene.admin`update firms set status = 'ACTIVE' where id = ${scene.north.id}`;
			expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
		}
	});
});

it('the first to commit wins when an owner objects or the platform withdraws during the completion', async () => {
	for (const end of [cancel, () => attempt('worker', withdrawing)])
		for (let round = 0; round < 5; round++) {
			await ready();
			const [id] = await all.openIds();
			const works = [() => end(), () => attempt('worker', completing)];
			await Promise.all((round % 2 ? works : works.toReversed()).map((work) => work()));
			const ended = await scene.admin`select outcome from owner_recovery_ends where recovery_id = ${id as string}`;
			expect(ended).toHaveLength(1);
			// A forged MAC gives no rights.
			if (ended[0]?.outcome === 'COMPLETED') {
				expect(await refusal(scene.north.member)).toBe('FORBIDDEN');
				await scene.installation.proofs.member(idOf(scene.north.member));
			}
			expect(await all.roleOf(scene.north.member)).toBe(ended[0]?.outcome === 'COMPLETED' ? 'OWNER' : 'MEMBER');
			await scene.admin`update memberships set role = 'MEMBER' where user_id = ${idOf(scene.north.member)}`;
			await scene.installation.proofs.member(idOf(scene.north.member));
		}
});
