import { expect } from 'vitest';
import { unguarded } from '../../../leases/forgeries.ts';
import { backdate } from '../../../leases/stage.ts';
import { claimsOf, type Person } from '../../scene.ts';
import { type LockArea, type LockCase, type PreparedRead, readCase, sends } from '../case.ts';
import { LOCKS, type Lock } from '../removals.ts';
import { type LockStage, unknownLease } from '../stage.ts';

const titleOf = (note: string) => `{ note(id: "${note}") { title } }`;

/** The title of a note of the firm that leases are on. */
export const ownTitle = (stage: LockStage, lease: string | null, token?: Person): PreparedRead => ({
	firm: stage.firm.id,
	target: `${stage.ours.marker} title`,
	sealed: lease === null ? 'NO_LEASE' : null,
	send: sends(stage, { query: titleOf(stage.ours.ids.note), lease, ...(token !== undefined && { token }) }),
});

const REFUSED = 'LEASE_NOT_ACTIVE for the whole request, on record';

/** A lease in whose state nothing is to be read, by everything that looks at it. */
const inState = (
	attack: string,
	make: (stage: LockStage) => Promise<string>,
	gates: readonly Lock[] = LOCKS,
): LockCase =>
	readCase({ attack, expected: REFUSED, gates, prepare: async (stage) => ownTitle(stage, await make(stage)) });

/** A lease that has come to an end with its mark, and its grants taken. */
async function endedAs(stage: LockStage, state: 'RELEASED' | 'EXHAUSTED'): Promise<string> {
	const lease = await stage.active();
	await stage.installation.admin`insert into lease_ends (lease_id, firm_id) values (${lease}, ${stage.firm.id})`;
	await stage.move(lease, state);
	await stage.broker.clear(await stage.idOf(lease));
	return lease;
}

async function moved(stage: LockStage, state: 'DENIED' | 'CANCELLED'): Promise<string> {
	const lease = await stage.ask();
	await stage.move(lease, state);
	return lease;
}

async function expired(stage: LockStage): Promise<string> {
	const lease = await stage.active();
	await backdate(stage.installation, lease, '31 minutes');
	return lease;
}

export const inactiveLeases: LockArea = {
	title: 'No lease, somebody else’s, one that is not active',
	cases: [
		readCase({
			attack: 'No lease at all: an operator asks for a note',
			expected: 'Null and NO_LEASE, on record',
			gates: LOCKS,
			async prepare(stage) {
				const made = unknownLease();
				const send = () =>
					stage.send({
						query: titleOf(stage.ours.ids.note),
						lease: stage.removals.isRemoved('resolver') ? made : null,
					});
				return { ...ownTitle(stage, null), send };
			},
		}),
		inState('The id of a lease that nobody has', async () => unknownLease()),
		readCase({
			attack: 'A note that a member has just opened, so that the firm’s keys are at hand in the process',
			expected: `${REFUSED}; the firm plane’s cache serves nobody else`,
			gates: LOCKS,
			async prepare(stage) {
				const read = ownTitle(stage, unknownLease());
				const told = await stage.send({ query: titleOf(stage.ours.ids.note), lease: null, token: stage.firm.member });
				expect(told.text).toContain(read.target);
				return read;
			},
		}),
		readCase({
			attack: 'A note that the same operator has just read under a lease, which has ended since',
			expected: `${REFUSED}; nothing is at hand of the request before`,
			gates: LOCKS,
			async prepare(stage) {
				const lease = await stage.active();
				const read = ownTitle(stage, lease);
				expect((await read.send()).text).toContain(read.target);
				await stage.ended(lease);
				return read;
			},
		}),
		readCase({
			attack: 'The active lease of another operator',
			expected: REFUSED,
			gates: ['resolver', 'database functions'],
			prepare: async (stage) => ownTitle(stage, await stage.active(), stage.stranger),
		}),
		readCase({
			attack: 'One’s own active lease, named by a second account of the same person',
			expected: `${REFUSED}: a lease is of an account`,
			gates: ['resolver', 'database functions'],
			async prepare(stage) {
				const { admin, proofs, addOperator } = stage.installation;
				const second = await addOperator('OPERATOR');
				const { sub } = claimsOf(second);
				await admin`update users set person_id = (select person_id from users where id = ${stage.people.requester}) where id = ${sub}`;
				await proofs.operator(sub);
				return ownTitle(stage, await stage.active(), second);
			},
		}),
		readCase({
			attack: 'The approver who agreed to it, an operator too, names the lease',
			expected: `${REFUSED}: who agrees gets nothing`,
			gates: ['resolver', 'database functions'],
			async prepare(stage) {
				const both = await stage.installation.addOperator('OPERATOR', 'APPROVER');
				const lease = await stage.ask();
				await stage.agree(lease, 'PLATFORM', claimsOf(both).sub);
				await stage.agree(lease, 'FIRM', stage.people.owner);
				await stage.move(lease, 'APPROVED');
				await stage.move(lease, 'ACTIVATING');
				expect(await stage.broker.decide(await stage.idOf(lease))).toEqual([]);
				return ownTitle(stage, lease, both);
			},
		}),
		inState('A request that nobody has agreed to', (stage) => stage.ask()),
		inState('A lease that is approved and not activated', (stage) => stage.approved()),
		inState('A lease that the broker has not decided on yet', (stage) => stage.activating()),
		inState('A request that was denied', (stage) => moved(stage, 'DENIED')),
		inState('A request that was cancelled', (stage) => moved(stage, 'CANCELLED')),
		inState('A request that has lapsed', async (stage) => {
			const lease = await stage.approved();
			await unguarded(stage, 'leases', `update leases set state = 'LAPSED', ended_at = now() where id = $1`, [lease]);
			return lease;
		}),
		inState('A lease that was revoked', async (stage) => stage.ended(await stage.active())),
		inState('A lease that was released', (stage) => endedAs(stage, 'RELEASED')),
		inState('A lease that is exhausted', (stage) => endedAs(stage, 'EXHAUSTED')),
		inState('A lease whose time is over, and that the broker has ended', async (stage) => {
			const lease = await expired(stage);
			await stage.broker.expire(await stage.idOf(lease));
			return lease;
		}),
		inState('A lease whose time is over while no broker runs: its grant is still there', expired, [
			'resolver',
			'database functions',
			'row policies',
		]),
		inState(
			'A lease that somebody is just ending: its mark is there, its row and its grant are as they were',
			async (stage) => {
				const lease = await stage.active();
				await stage.installation.admin`insert into lease_ends (lease_id, firm_id) values (${lease}, ${stage.firm.id})`;
				return lease;
			},
			['resolver', 'database functions', 'row policies'],
		),
	],
};
