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

/** Puts in another lease's row with some of it changed, and a budget; past every trigger, as only a database administrator can. */
async function copy(stage: LockStage, from: string, changes: Changes): Promise<string> {
	const id = uuidv7();
	const values = [from, JSON.stringify({ id, cleared_at: null, ...changes })];
	await unguarded(stage, 'leases', `insert into leases select ${row} from leases l where id = $1`, values);
	await stage.installation.admin`insert into lease_budgets (lease_id, firm_id) values (${id}, ${stage.firm.id})`;
	return id;
}

/** Changes a lease's own row, in the same way. */
async function change(stage: LockStage, lease: string, changes: Changes): Promise<string> {
	const set = Object.keys(changes)
		.map((name) => `${name} = n.${name}`)
		.join();
	const text = `update leases set ${set} from (select ${row} from leases l where id = $1) n where leases.id = n.id`;
	await unguarded(stage, 'leases', text, [lease, JSON.stringify(changes)]);
	return lease;
}

/** With the hash that the row as it is now would have: anybody can compute it. */
async function rehash(stage: LockStage, lease: string): Promise<string> {
	const request_hash = bytea(hashLeaseRequest(leaseRequestOf(await stage.find(lease))));
	return change(stage, lease, { request_hash });
}

interface Forged {
	readonly attack: string;
	readonly gates: readonly Lock[];
	readonly expected?: string;
	/** Makes the row; answers its id. */
	forge(stage: LockStage): Promise<string>;
	/** What it is after, if not a title of a note. */
	readonly wants?: (stage: LockStage, lease: string) => PreparedRead;
}

const UNPROVEN = 'LEASE_NOT_ACTIVE, `rights.refuse` on record, and a line for whoever is on call';

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

/** An active lease whose row is changed while it is in use. */
const widened = (what: string, wish: Wish, changes: (stage: LockStage) => Changes, rest: Partial<Forged> = {}) =>
	forged({
		attack: `The row of one’s own active lease is changed: ${what}`,
		gates: ['resolver'],
		forge: async (stage) => change(stage, await stage.active(wish), changes(stage)),
		...rest,
	});

const bodyOfNote = asking(({ ours }) => `{ note(id: "${ours.ids.note}") { body } }`, 'note');

export const rows: LockArea = {
	title: 'Rows of leases that a database administrator has put in or changed',
	cases: [
		forged({
			attack: 'A whole lease of one’s own, ACTIVE, with a true hash and proofs that are made up',
			gates: ['resolver', 'key'],
			async forge(stage) {
				const proofs = { request_mac: madeUp(), activation_mac: madeUp() };
				return rehash(stage, await copy(stage, await stage.ask(), { ...proofs, ...inTime(), state: 'ACTIVE' }));
			},
		}),
		forged({
			attack: 'One’s own request, which nobody has agreed to, made ACTIVE',
			gates: ['resolver', 'key'],
			forge: async (stage) =>
				change(stage, await stage.ask(), { state: 'ACTIVE', activation_mac: madeUp(), ...inTime() }),
		}),
		forged({
			attack: 'The same, with the proof and the times of an activation that was true, of another lease',
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
			attack: 'One’s own lease that was active, copied to another id, after it was revoked',
			gates: ['resolver', 'key'],
			async forge(stage) {
				const lease = await stage.ended(await stage.active());
				return copy(stage, lease, { state: 'ACTIVE', ended_at: null });
			},
		}),
		forged({
			attack: 'One’s own active lease, copied for another firm',
			gates: ['resolver', 'key'],
			forge: async (stage) => copy(stage, await stage.active(), { firm_id: stage.other.id }),
			wants: asking(({ theirs }) => `{ note(id: "${theirs.ids.note}") { title } }`, 'title', true),
		}),
		forged({
			attack: 'Another operator’s active lease, copied for oneself, while that one is active',
			gates: ['resolver'],
			expected: `${UNPROVEN}. The grant is there for the other’s lease, and the database believes the row`,
			forge: async (stage) =>
				rehash(stage, await copy(stage, await stage.active(), { requested_by: claimsOf(stage.stranger).sub })),
			wants: (stage, lease) => ownTitle(stage, lease, stage.stranger),
		}),
		widened('it lasts a day longer', {}, () => ({ expires_at: new Date(now() + 86_400_000).toISOString() })),
		forged({
			attack: 'The row of one’s own active lease is changed: its time, which is over by its proof, begins anew',
			gates: ['resolver'],
			async forge(stage) {
				const lease = await stage.active();
				const { mac } = await activationEndingIn(stage, lease, -60_000);
				return change(stage, lease, { activation_mac: `\\x${mac}`, ...inTime() });
			},
		}),
		widened(
			'it is of another operator, who names it',
			{},
			(stage) => ({ requested_by: claimsOf(stage.stranger).sub }),
			{ wants: (stage, lease) => ownTitle(stage, lease, stage.stranger) },
		),
		widened('a class more', {}, () => ({ classes: ['NOTE', 'COMMUNICATION'] }), {
			gates: ['resolver', 'key'],
			wants: asking(({ ours }) => `{ message(id: "${ours.ids.message}") { body } }`, 'message'),
		}),
		widened('every field instead of the titles', { coordinates: ['Note.title'] }, () => ({ coordinates: null }), {
			wants: bodyOfNote,
		}),
		forged({
			attack: 'The same, with the hash of what the row now asks for',
			gates: ['resolver'],
			async forge(stage) {
				const lease = await stage.active({ coordinates: ['Note.title'] });
				return rehash(stage, await change(stage, lease, { coordinates: null }));
			},
			wants: bodyOfNote,
		}),
		widened(
			'every record instead of one',
			{ records: ['01a20e60-0000-7000-8000-000000000001'] },
			() => ({ record_ids: null }),
			{ wants: bodyOfNote },
		),
		widened('another firm', {}, (stage) => ({ firm_id: stage.other.id }), {
			gates: ['resolver', 'key'],
			wants: asking(({ theirs }) => `{ note(id: "${theirs.ids.note}") { title } }`, 'title', true),
		}),
		widened('it was asked for with another reason and ticket', {}, () => ({
			reason_hash: bytea(randomBytes(32)),
			ticket_hash: bytea(randomBytes(32)),
		})),
		forged({
			attack: 'A revoked lease is put back as it was, with its own true proofs and without its end mark',
			expected: 'KEY_UNAVAILABLE: every proof is true, and the grant is gone',
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
