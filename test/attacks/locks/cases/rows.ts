import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { hashLeaseRequest, leaseRequestOf } from '../../../../src/leases/request-hash.ts';
import { unguarded } from '../../../leases/forgeries.ts';
import type { Wish } from '../../../leases/stage.ts';
import { claimsOf } from '../../scene.ts';
import { type LockArea, type LockCase, type PreparedRead, readCase } from '../case.ts';
import type { Lock } from '../removals.ts';
import type { LockStage } from '../stage.ts';
import { activationEndingIn } from './expiry.ts';
import { ownTitle } from './inactive-leases.ts';

type Changes = Readonly<Record<string, unknown>>;

const bytea = (bytes: Uint8Array) => `\\x${Buffer.from(bytes).toString('hex')}`;
const madeUp = () => bytea(randomBytes(36));
const now = () => Date.now();
const inTime = () => ({
	activated_at: new Date(now() - 60_000).toISOString(),
	expires_at: new Date(now() + 29 * 60_000).toISOString(),
});

const row = '(jsonb_populate_record(null::leases, to_jsonb(l) || $2::text::jsonb)).*';

/** Inserts a changed copy of another lease's row, and a budget, past every trigger. Only a database administrator can. */
async function copy(stage: LockStage, from: string, changes: Changes): Promise<string> {
	const id = uuidv7();
	const values = [from, JSON.stringify({ id, cleared_at: null, ...changes })];
	await unguarded(stage, 'leases', `insert into leases select ${row} from leases l where id = $1`, values);
	await stage.installation.admin`insert into lease_budgets (lease_id, firm_id) values (${id}, ${stage.firm.id})`;
	return id;
}

/** Changes a lease's own row in the same way. */
async function change(stage: LockStage, lease: string, changes: Changes): Promise<string> {
	const set = Object.keys(changes)
		.map((name) => `${name} = n.${name}`)
		.join();
	const text = `update leases set ${set} from (select ${row} from leases l where id = $1) n where leases.id = n.id`;
	await unguarded(stage, 'leases', text, [lease, JSON.stringify(changes)]);
	return lease;
}

/** Stores the hash of the row's present values. Anyone can compute it. */
async function rehash(stage: LockStage, lease: string): Promise<string> {
	const request_hash = bytea(hashLeaseRequest(leaseRequestOf(await stage.find(lease))));
	return change(stage, lease, { request_hash });
}

interface Forged {
	readonly attack: string;
	readonly gates: readonly Lock[];
	readonly expected?: string;
	/** Makes the row, and returns its id. */
	forge(stage: LockStage): Promise<string>;
	/** The targeted content. By default the title of a note. */
	readonly wants?: (stage: LockStage, lease: string) => PreparedRead;
}

const UNPROVEN = 'LEASE_NOT_ACTIVE, `rights.refuse` on record, and an error line in the log';

const forged = ({ attack, gates, expected = UNPROVEN, forge, wants = ownTitle }: Forged): LockCase =>
	readCase({
		attack,
		expected,
		gates,
		prepare: async (stage) => ({ ...wants(stage, await forge(stage)), isForged: true }),
	});

const asking =
	(query: (stage: LockStage) => string, text: string, isForeign = false) =>
	(stage: LockStage, lease: string) => ({
		firm: isForeign ? stage.other.id : stage.firm.id,
		target: `${(isForeign ? stage.theirs : stage.ours).marker} ${text}`,
		sealed: null,
		send: () => stage.send({ query: query(stage), lease }),
	});

/** An active lease whose row is changed during its use. */
const widened = (what: string, wish: Wish, changes: (stage: LockStage) => Changes, rest: Partial<Forged> = {}) =>
	forged({
		attack: `The row of the own active lease is changed: ${what}`,
		gates: ['resolver'],
		forge: async (stage) => change(stage, await stage.active(wish), changes(stage)),
		...rest,
	});

const bodyOfNote = asking(({ ours }) => `{ note(id: "${ours.ids.note}") { body } }`, 'note');

export const rows: LockArea = {
	title: 'Lease rows that a database administrator has inserted or changed',
	cases: [
		forged({
			attack: 'A forged ACTIVE lease with a correct hash and random MACs',
			gates: ['resolver', 'key'],
			async forge(stage) {
				const proofs = { request_mac: madeUp(), activation_mac: madeUp() };
				return rehash(stage, await copy(stage, await stage.ask(), { ...proofs, ...inTime(), state: 'ACTIVE' }));
			},
		}),
		forged({
			attack: 'The own request without approvals, set to ACTIVE',
			gates: ['resolver', 'key'],
			forge: async (stage) =>
				change(stage, await stage.ask(), { state: 'ACTIVE', activation_mac: madeUp(), ...inTime() }),
		}),
		forged({
			attack: 'The same, with the activation MAC and times of another lease',
			gates: ['resolver', 'key'],
			async forge(stage) {
				const { activationMac, activatedAt, expiresAt } = await stage.find(
					await stage.active({ classes: ['BILLING'] }),
				);
				const mac = bytea(activationMac as Uint8Array);
				const changes = { activation_mac: mac, activated_at: activatedAt, expires_at: expiresAt };
				return change(stage, await stage.ask(), { state: 'ACTIVE', ...changes });
			},
		}),
		forged({
			attack: 'The own revoked lease, copied to another id as ACTIVE',
			gates: ['resolver', 'key'],
			async forge(stage) {
				const lease = await stage.ended(await stage.active());
				return copy(stage, lease, { state: 'ACTIVE', ended_at: null });
			},
		}),
		forged({
			attack: 'The own active lease, copied for another firm',
			gates: ['resolver', 'key'],
			forge: async (stage) => copy(stage, await stage.active(), { firm_id: stage.other.id }),
			wants: asking(({ theirs }) => `{ note(id: "${theirs.ids.note}") { title } }`, 'title', true),
		}),
		forged({
			attack: 'Another operator’s active lease, copied for the own account',
			gates: ['resolver'],
			expected: `${UNPROVEN}. The other lease has its grant, and the database accepts the row`,
			forge: async (stage) =>
				rehash(stage, await copy(stage, await stage.active(), { requested_by: claimsOf(stage.stranger).sub })),
			wants: (stage, lease) => ownTitle(stage, lease, stage.stranger),
		}),
		widened('it ends a day later', {}, () => ({ expires_at: new Date(now() + 86_400_000).toISOString() })),
		forged({
			attack: 'The row of the own active lease is changed: its time starts again, while its MAC says that it is over',
			gates: ['resolver'],
			async forge(stage) {
				const lease = await stage.active();
				const { mac } = await activationEndingIn(stage, lease, -60_000);
				return change(stage, lease, { activation_mac: `\\x${mac}`, ...inTime() });
			},
		}),
		widened(
			'its requester is another operator, who uses it',
			{},
			(stage) => ({ requested_by: claimsOf(stage.stranger).sub }),
			{ wants: (stage, lease) => ownTitle(stage, lease, stage.stranger) },
		),
		widened('another class is added', {}, () => ({ classes: ['NOTE', 'COMMUNICATION'] }), {
			gates: ['resolver', 'key'],
			wants: asking(({ ours }) => `{ message(id: "${ours.ids.message}") { body } }`, 'message'),
		}),
		widened('it covers every field instead of titles', { coordinates: ['Note.title'] }, () => ({ coordinates: null }), {
			wants: bodyOfNote,
		}),
		forged({
			attack: 'The same, with the hash of the changed row',
			gates: ['resolver'],
			async forge(stage) {
				const lease = await stage.active({ coordinates: ['Note.title'] });
				return rehash(stage, await change(stage, lease, { coordinates: null }));
			},
			wants: bodyOfNote,
		}),
		widened(
			'it covers every record instead of one',
			{ records: ['01a20e60-0000-7000-8000-000000000001'] },
			() => ({ record_ids: null }),
			{ wants: bodyOfNote },
		),
		widened('its firm is another firm', {}, (stage) => ({ firm_id: stage.other.id }), {
			gates: ['resolver', 'key'],
			wants: asking(({ theirs }) => `{ note(id: "${theirs.ids.note}") { title } }`, 'title', true),
		}),
		widened('its reason and ticket are others', {}, () => ({
			reason_hash: bytea(randomBytes(32)),
			ticket_hash: bytea(randomBytes(32)),
		})),
		forged({
			attack: 'A revoked lease is restored with its own valid MACs and without its end mark',
			expected: 'KEY_UNAVAILABLE: every MAC is valid, but the grant is revoked',
			gates: ['key'],
			async forge(stage) {
				const lease = await stage.active();
				await stage.ended(lease);
				await unguarded(stage, 'lease_ends', 'delete from lease_ends where lease_id = $1', [lease]);
				return change(stage, lease, { state: 'ACTIVE', ended_at: null, cleared_at: null });
			},
		}),
	],
};
