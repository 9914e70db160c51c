import { expect } from 'vitest';
import { unguarded } from '../../../leases/forgeries.ts';
import { backdate } from '../../../leases/stage.ts';
import { claimsOf, type Person } from '../../scene.ts';
import { type LockArea, type LockCase, type PreparedRead, readCase, sends } from '../case.ts';
import { LOCKS, type Lock } from '../removals.ts';
import { type LockStage, unknownLease } from '../stage.ts';

const titleOf = (note: string) => `{ note(id: "${note}") { title } }`;

/** A read of the title of a note of the leased firm. */
export const ownTitle = (stage: LockStage, lease: string | null, token?: Person): PreparedRead => ({
	firm: stage.firm.id,
	target: `${stage.ours.marker} title`,
	sealed: lease === null ? 'NO_LEASE' : null,
	send: sends(stage, { query: titleOf(stage.ours.ids.note), lease, ...(token !== undefined && { token }) }),
});

const REFUSED = 'LEASE_NOT_ACTIVE for the whole request, on record';

/** A lease in a state in which every lock refuses. */
const inState = (
	attack: string,
	make: (stage: LockStage) => Promise<string>,
	gates: readonly Lock[] = LOCKS,
): LockCase =>
	readCase({ attack, expected: REFUSED, gates, prepare: async (stage) => ownTitle(stage, await make(stage)) });

/** Makes a lease that has ended with its end mark, and whose grants are revoked. */
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
	title: 'No lease, another operator’s lease, an inactive lease',
	cases: [
		readCase({
			attack: 'An operator asks for a note without a lease',
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
		inState('An unknown lease id', async () => unknownLease()),
		readCase({
			attack: 'A note that a member has just opened, so that the process has the firm’s keys in its cache',
			expected: `${REFUSED}; only the firm plane uses that cache`,
			gates: LOCKS,
			async prepare(stage) {
				const read = ownTitle(stage, unknownLease());
				const told = await stage.send({ query: titleOf(stage.ours.ids.note), lease: null, token: stage.firm.member });
				expect(told.text).toContain(read.target);
				return read;
			},
		}),
		readCase({
			attack: 'A note that the operator has just read under a lease that has ended since',
			expected: `${REFUSED}; no key stays from the previous request`,
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
			attack: 'The own active lease, named by a second account of the same person',
			expected: `${REFUSED}: a lease belongs to one account`,
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
			attack: 'The approver of a lease, who is also an operator, names it',
			expected: `${REFUSED}: an approver gets no access`,
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
		inState('A request without approvals', (stage) => stage.ask()),
		inState('A lease that is approved but not activated', (stage) => stage.approved()),
		inState('A lease that the broker has not decided on yet', (stage) => stage.activating()),
		inState('A denied request', (stage) => moved(stage, 'DENIED')),
		inState('A cancelled request', (stage) => moved(stage, 'CANCELLED')),
		inState('A lapsed request', async (stage) => {
			const lease = await stage.approved();
			await unguarded(stage, 'leases', `update leases set state = 'LAPSED', ended_at = now() where id = $1`, [lease]);
			return lease;
		}),
		inState('A revoked lease', async (stage) => stage.ended(await stage.active())),
		inState('A released lease', (stage) => endedAs(stage, 'RELEASED')),
		inState('An exhausted lease', (stage) => endedAs(stage, 'EXHAUSTED')),
		inState('An expired lease that the broker has ended', async (stage) => {
			const lease = await expired(stage);
			await stage.broker.expire(await stage.idOf(lease));
			return lease;
		}),
		inState('An expired lease while no broker runs, so that its grant still exists', expired, [
			'resolver',
			'database functions',
			'row policies',
		]),
		inState(
			'A lease that is being ended: its end mark exists, and its row and grant are unchanged',
			async (stage) => {
				const lease = await stage.active();
				await stage.installation.admin`insert into lease_ends (lease_id, firm_id) values (${lease}, ${stage.firm.id})`;
				return lease;
			},
			['resolver', 'database functions', 'row policies'],
		),
	],
};
