import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { openKeyring } from '../../../../src/wiring/index.ts';
import { codeOf } from '../../../database/two-firms.ts';
import type { Area, Attack, Evidence } from '../attack.ts';
import type { Stage } from '../stage.ts';

const READ = '{ notes(first: 3) { totalCount nodes { id revision title body } } }';
const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';

/** Changes the firm's key rows, reads with a server that has no cached key, and restores the rows. */
async function withKeyRow(stage: Stage, change: (stage: Stage) => Promise<unknown>): Promise<Evidence> {
	const { admin, north } = stage;
	const kept = await admin`select * from data_keys where firm_id = ${north.id} and class = 'NOTE'`;
	for (let n = 0; n < 3; n++) await stage.note();
	await change(stage);
	const api = await stage.installation.serve();
	try {
		const told = await stage.ask(north.member, READ, {}, api);
		expect(told.data.notes.nodes).toHaveLength(3);
		for (const note of told.data.notes.nodes) expect(note).toMatchObject({ title: null, body: null });
		return { answers: [told] };
	} finally {
		await admin`delete from data_keys where firm_id = ${north.id} and class = 'NOTE'`;
		await admin`insert into data_keys ${admin(kept as never)}`;
		expect((await stage.ask(north.member, READ, {}, api)).errors).toEqual([]);
		await api.stop();
	}
}

const ofNorth = (stage: Stage) => stage.admin`firm_id = ${stage.north.id} and class = 'NOTE' and version = 1`;

const closed = (attack: string, change: (stage: Stage) => Promise<unknown>): Attack => ({
	attack,
	expected: 'KEY_UNAVAILABLE, one error per coordinate, on record; metadata is answered',
	layer: 'key lock',
	run: (stage) => withKeyRow(stage, change),
});

export const swappedKeys: Area = {
	title: 'A database administrator swaps keys',
	attacks: [
		closed(
			'Another firm’s wrapped key, with its commitment',
			(stage) =>
				stage.admin`update data_keys set wrapped = other.wrapped, commitment = other.commitment, key_id = other.key_id
				from data_keys other where data_keys.firm_id = ${stage.north.id} and data_keys.class = 'NOTE' and data_keys.version = 1
				and other.firm_id = ${stage.harbour.id} and other.class = 'NOTE' and other.version = 1`,
		),
		closed(
			'The key of another class of the same firm',
			(stage) =>
				stage.admin`update data_keys set wrapped = other.wrapped, commitment = other.commitment
				from data_keys other where data_keys.firm_id = ${stage.north.id} and data_keys.class = 'NOTE' and data_keys.version = 1
				and other.firm_id = ${stage.north.id} and other.class = 'BILLING' and other.version = 1`,
		),
		closed(
			'A random wrapped key and a random commitment',
			(stage) =>
				stage.admin`update data_keys set wrapped = ${randomBytes(65)}, commitment = ${randomBytes(32)} where ${ofNorth(stage)}`,
		),
		closed('One flipped bit in the wrapped key', async (stage) => {
			await stage.admin`update data_keys set wrapped = set_byte(wrapped, 40, get_byte(wrapped, 40) # 1) where ${ofNorth(stage)}`;
		}),
		closed(
			'One flipped bit in the commitment',
			(stage) =>
				stage.admin`update data_keys set commitment = set_byte(commitment, 0, get_byte(commitment, 0) # 1) where ${ofNorth(stage)}`,
		),
		closed(
			'The correct wrapped key under the name of another wrapping key',
			(stage) => stage.admin`update data_keys set key_id = key_id || 'x' where ${ofNorth(stage)}`,
		),
		closed(
			'The state of the key set to DISABLED',
			(stage) => stage.admin`update data_keys set state = 'DISABLED' where ${ofNorth(stage)}`,
		),
		{
			attack: 'The key of an older version stored as a newer version, and a value that names the newer one',
			expected: 'KEY_UNAVAILABLE: a commitment belongs to one version',
			layer: 'key lock',
			async run(stage) {
				const { admin, north } = stage;
				const id = await stage.note();
				await admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
					select firm_id, class, 2, 'RETIRED', wrapped, commitment, key_id from data_keys where ${ofNorth(stage)}`;
				await admin`update notes set title = set_byte(title, 5, 2) where id = ${id}`;
				const api = await stage.installation.serve();
				try {
					const told = await stage.ask(north.member, `{ note(id: "${id}") { title } }`, {}, api);
					expect(told.data).toEqual({ note: { title: null } });
					return { answers: [told] };
				} finally {
					await admin`update notes set title = set_byte(title, 5, 1) where id = ${id}`;
					await admin`delete from data_keys where firm_id = ${north.id} and class = 'NOTE' and version = 2`;
					await api.stop();
				}
			},
		},
		{
			attack: 'The row of the key, deleted, so that a new key replaces it and the loss of old values stays unseen',
			expected: 'CIPHERTEXT_INVALID for each value, on record, with an alert',
			layer: 'envelope',
			async run(stage) {
				const { admin, north } = stage;
				const kept = await admin`select * from data_keys where ${ofNorth(stage)}`;
				const id = await stage.note();
				await admin`delete from data_keys where ${ofNorth(stage)}`;
				const api = await stage.installation.serve();
				try {
					const told = await stage.ask(north.member, `{ note(id: "${id}") { title } }`, {}, api);
					stage.api.lines.push(...api.lines);
					return { answers: [told] };
				} finally {
					await admin`insert into data_keys ${admin(kept as never)}`;
					await api.stop();
				}
			},
		},
		{
			attack: 'A second ACTIVE key, a key of an unknown class, a version of 0',
			expected: '23505 and 23514, also for a superuser',
			layer: 'database rule',
			async run(stage) {
				const { admin } = stage;
				const copy = (version: number, keyClass: string) =>
					codeOf(admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
						select firm_id, ${keyClass}, ${version}, 'ACTIVE', wrapped, commitment, key_id from data_keys where ${ofNorth(stage)}`);
				return { states: [await copy(2, 'NOTE'), await copy(1, 'NONE'), await copy(0, 'JOB')] };
			},
		},
		{
			attack: 'A write while the key’s row is disabled, to get plaintext stored',
			expected: 'KEY_UNAVAILABLE, and nothing is stored',
			layer: 'key lock',
			async run(stage) {
				const { admin, north } = stage;
				const count = async () => (await admin`select count(*)::int as n from notes`)[0]?.n;
				await admin`update data_keys set state = 'DISABLED' where ${ofNorth(stage)}`;
				const api = await stage.installation.serve();
				try {
					const before = await count();
					const told = await stage.ask(north.member, CREATE, { input: { title: stage.secret() } }, api);
					expect(await count()).toBe(before);
					return { answers: [told] };
				} finally {
					await admin`update data_keys set state = 'ACTIVE' where ${ofNorth(stage)}`;
					await api.stop();
				}
			},
		},
		{
			attack:
				'An operator’s process asks the keyring for the firm’s key, a new data key, a grant, a disabled key, a new wrapping key',
			expected: 'REFUSED for each: the keyring gives that process none of these rights',
			layer: 'key lock',
			async run(stage) {
				const keyring = await openKeyring(stage.installation.config, 'operator');
				const [row] = await stage.admin`select wrapped from data_keys where ${ofNorth(stage)}`;
				const context = { firm: stage.north.id, class: 'NOTE' };
				const asked: (() => Promise<unknown>)[] = [
					() => keyring.unwrap(context, row?.wrapped),
					() => keyring.generateDataKey(context),
					() => keyring.createGrant({ name: 'mine', ...context }),
					() => keyring.disableKey(stage.north.id),
					() => keyring.createKey(stage.north.id),
				];
				const reasons: string[] = [];
				for (const ask of asked)
					reasons.push(
						await ask().then(
							() => 'given',
							(error: { reason: string }) => error.reason,
						),
					);
				return { keyring: reasons };
			},
		},
		{
			attack: 'A firm’s process asks the keyring to unwrap a key as another firm’s, and as another class’s',
			expected: 'REFUSED: the encryption context holds the firm and the class',
			layer: 'key lock',
			async run(stage) {
				const keyring = await openKeyring(stage.installation.config, 'firm');
				const [row] = await stage.admin`select wrapped from data_keys where ${ofNorth(stage)}`;
				const contexts = [
					{ firm: stage.harbour.id, class: 'NOTE' },
					{ firm: stage.north.id, class: 'DOCUMENT' },
				];
				const reasons: string[] = [];
				for (const context of contexts)
					reasons.push(
						await keyring.unwrap(context, row?.wrapped).then(
							() => 'given',
							(error: { reason: string }) => error.reason,
						),
					);
				return { keyring: reasons };
			},
		},
	],
};
