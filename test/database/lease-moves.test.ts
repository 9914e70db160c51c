import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	isInUse,
	LEASE_PURPOSES,
	LEASE_STATES,
	type LeaseState,
	type LeaseTransitionActor,
	mayTransition,
} from '../../src/access/index.ts';
import { tables } from '../../src/database/index.ts';
import { type Action, type Actors, type Cast, openActors } from '../leases/actors.ts';
import { makeCast } from '../leases/cast.ts';
import { backdate } from '../leases/stage.ts';
import type { TestInstallation } from '../support/installation.ts';

let installation: TestInstallation;
let cast: Cast;
let actors: Actors;
beforeAll(async () => {
	({ installation, cast } = await makeCast());
	actors = await openActors(installation.config, installation.database, cast);
});
afterAll(async () => {
	await actors?.close();
	await installation?.close();
});

const ROLES = ['operator', 'firm', 'broker', 'worker', 'portal', 'break_glass', 'owner'];
const MOVERS = ['operator', 'firm', 'broker'] as const;
const isMover = (role: string): role is LeaseTransitionActor => MOVERS.includes(role as LeaseTransitionActor);

describe('the database’s table of lease moves', () => {
	it('equals the program’s, for every pair of states and every role', async () => {
		const rows = await installation.admin`
			select f as from_state, t as to_state, r as role, may_move_lease(f, t, 'firmseal_' || r) as may
			from unnest(${[...LEASE_STATES]}::text[]) f, unnest(${[...LEASE_STATES]}::text[]) t, unnest(${ROLES}::text[]) r`;
		expect(rows).toHaveLength(LEASE_STATES.length ** 2 * ROLES.length);
		const wrong = rows.filter(
			({ from_state, to_state, role, may }) => may !== (isMover(role) && mayTransition(from_state, to_state, role)),
		);
		expect(wrong).toEqual([]);
		expect(rows.filter(({ may }) => may)).toHaveLength(22);
	});

	it('contains no other state and no other role', async () => {
		const [row] = await installation.admin`
			select may_move_lease('REQUESTED', 'ACTIVE', 'firmseal_broker') or may_move_lease('ACTIVE', 'ACTIVE', 'firmseal_broker')
				or may_move_lease('APPROVED', 'REVOKED', 'postgres') or may_move_lease('approved', 'REVOKED', 'firmseal_broker')
				or coalesce(may_move_lease(null, 'REVOKED', 'firmseal_broker'), false) as may`;
		expect(row).toEqual({ may: false });
	});

	it('contains the words of the rules', () => {
		expect(tables.LEASE_STATES).toEqual(LEASE_STATES);
		expect(tables.LEASE_PURPOSES).toEqual(LEASE_PURPOSES);
	});
});

const WAY: readonly Action[] = [
	{ do: 'approve', by: 'owner' },
	{ do: 'approve', by: 'first' },
	{ do: 'activate', by: 'requester' },
	{ do: 'start', by: 'broker' },
	{ do: 'revoke', by: 'owner' },
];
const STEPS_TO: Readonly<Partial<Record<LeaseState, number>>> = {
	REQUESTED: 0,
	APPROVED: 2,
	ACTIVATING: 3,
	ACTIVE: 4,
	REVOKED: 5,
};

/** A lease in the state whose time is over. */
async function leaseIn(state: LeaseState): Promise<string> {
	const { id, requestHash } = await actors.request();
	for (const action of WAY.slice(0, STEPS_TO[state])) expect(await actors.attempt(id, requestHash, action)).toBeNull();
	await backdate(installation, id, '25 hours');
	return id;
}

/** The error of a statement as a role, which is rolled back; null if it succeeded. */
async function refusalOf(role: string, statements: readonly string[]): Promise<string | null> {
	const back = new Error('taken back');
	try {
		await installation.admin.begin(async (sql) => {
			await sql`select set_config('role', ${`firmseal_${role}`}, true), set_config('firmseal.firm', ${cast.firm}, true)`;
			for (const statement of statements) await sql.unsafe(statement);
			throw back;
		});
	} catch (error) {
		return error === back ? null : String((error as { code?: string }).code);
	}
	return null;
}

const moveTo = (id: string, state: LeaseState) =>
	state === 'ACTIVE'
		? `update leases set state = 'ACTIVE', activated_at = t.at, expires_at = t.at + minutes * interval '1 minute',
			activation_mac = decode(repeat('00', 36), 'hex')
			from (select date_trunc('milliseconds', clock_timestamp()) as at) t where id = '${id}'`
		: `update leases set state = '${state}' where id = '${id}'`;
const mark = (id: string) => `insert into lease_ends (lease_id, firm_id) values ('${id}', '${cast.firm}')`;

describe('the trigger on a lease', () => {
	it.each(['REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE', 'REVOKED'] as const)(
		'lets no one move a lease that is %s except as the table allows',
		async (from) => {
			const id = await leaseIn(from);
			for (const role of MOVERS)
				for (const to of LEASE_STATES.filter((each) => each !== from)) {
					const before = isInUse(from) && to !== 'ACTIVE' ? [mark(id)] : [];
					const refusal = await refusalOf(role, [...before, moveTo(id, to)]);
					// Only the broker may write the columns of an activation.
					const expected = mayTransition(from, to, role)
						? null
						: role !== 'broker' && to === 'ACTIVE'
							? '42501'
							: '23000';
					expect([role, to, refusal]).toEqual([role, to, expected]);
				}
		},
	);

	it('refuses to end a lease in use before its end mark, or to start a lease that has one', async () => {
		const active = await leaseIn('ACTIVE');
		for (const role of MOVERS) expect(await refusalOf(role, [moveTo(active, 'REVOKED')])).toBe('23000');
		const activating = await leaseIn('ACTIVATING');
		expect(await refusalOf('broker', [mark(activating), moveTo(activating, 'ACTIVE')])).toBe('23000');
	});

	it('lets no other column of a lease change, nor who moved it', async () => {
		const id = await leaseIn('REVOKED');
		for (const role of MOVERS) {
			for (const change of [`acted_by = '${cast.second[0]}'`, 'acted_by = null'])
				expect(await refusalOf(role, [`update leases set ${change} where id = '${id}'`]), `${role} ${change}`).toBe(
					'23000',
				);
			for (const column of [
				'minutes = 240',
				'record_ids = null',
				'requested_by = requested_by',
				`request_mac = request_mac`,
			])
				expect(await refusalOf(role, [`update leases set ${column} where id = '${id}'`])).toBe('42501');
			for (const gone of [`delete from leases where id = '${id}'`, `delete from lease_ends where lease_id = '${id}'`])
				expect(await refusalOf(role, [gone])).toBe('42501');
		}
	});
});
