import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from 'postgres';
import { expect } from 'vitest';
import { openKeyring } from '../../../../src/wiring/index.ts';
import { codeOf } from '../../../database/two-firms.ts';
import type { Area, Attack } from '../attack.ts';
import { setPolicy } from '../lease-parts.ts';
import type { Stage } from '../stage.ts';

const NOTE = 'query ($id: ID!) { note(id: $id) { id revision title body } }';
const PUT_BACK = 'an older value of the same row and column opens; the log shows the later writing';
const OLDER = 'may put back an older row, or delete rows';

const rowOf = async ({ admin }: Stage, id: string): Promise<Row> =>
	(await admin`select * from notes where id = ${id}`)[0] as Row;

const update = ({ ask, north }: Stage, input: object) =>
	ask(north.member, 'mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { revision } } }', {
		input,
	});
const remove = ({ ask, north }: Stage, input: object) =>
	ask(north.member, 'mutation ($input: DeleteNoteInput!) { deleteNote(input: $input) { id } }', { input });

/** The changes of a note that are on record. */
const changesOf = async ({ entries }: Stage, id: string): Promise<string[]> =>
	(await entries())
		.filter(({ action, records }) => records.includes(id) && action !== 'content.open')
		.map(({ action }) => action);

/** A removed member, with the MAC of their row from before the removal. */
async function formerMember({ admin, ask, north, installation }: Stage, name: string) {
	const email = `${name}@${north.slug}.example`;
	const { id, person: token } = await installation.addMember(north.owner, { email });
	const [row] = await admin`select mac from memberships where user_id = ${id}`;
	const remove = `mutation { removeMember(input: { userId: "${id}" }) { user { id } } }`;
	expect((await ask(north.owner, remove)).errors).toEqual([]);
	expect((await ask(token, '{ viewer { role } }')).status).toBe(403);
	return { id, token, mac: row?.mac as Buffer };
}

const works = (attack: string, expected: string, admitted: string, run: (stage: Stage) => Promise<void>): Attack => ({
	attack,
	expected,
	layer: 'none',
	async run(stage) {
		await run(stage);
		return { admitted };
	},
});

export const rolledBackRows: Area = {
	title: 'An earlier state is restored by SQL',
	attacks: [
		works(
			'An older title of the same note',
			'Works: it opens. The log has the later write',
			PUT_BACK,
			async (stage) => {
				const id = await stage.note();
				const { title } = await rowOf(stage, id);
				expect((await update(stage, { id, expectedRevision: 1, title: 'newer' })).errors).toEqual([]);
				await stage.admin`update notes set title = ${title} where id = ${id}`;
				const { data, errors } = await stage.ask(stage.north.member, NOTE, { id });
				expect([errors, data.note.revision]).toEqual([[], 2]);
				expect(data.note.title).toContain(stage.ours.marker);
				expect(await changesOf(stage, id)).toEqual(['content.create', 'content.update']);
			},
		),
		works(
			'The whole earlier row, with its revision and times',
			'Works: the earlier content opens. The log has the later write',
			OLDER,
			async (stage) => {
				const id = await stage.note();
				const old = await rowOf(stage, id);
				await update(stage, { id, expectedRevision: 1, title: 'newer' });
				await stage.admin`update notes set ${stage.admin(old)} where id = ${id}`;
				const { data } = await stage.ask(stage.north.member, NOTE, { id });
				expect(data.note).toMatchObject({ revision: 1, title: expect.stringContaining(stage.ours.marker) });
				expect(await changesOf(stage, id)).toEqual(['content.create', 'content.update']);
			},
		),
		works(
			'A removed note, restored with its old ciphertext',
			'Works: it opens. The log has the removal',
			OLDER,
			async (stage) => {
				const id = await stage.note();
				const old = await rowOf(stage, id);
				expect((await remove(stage, { id, expectedRevision: 1 })).errors).toEqual([]);
				await stage.admin`update notes set ${stage.admin(old)} where id = ${id}`;
				expect((await stage.ask(stage.north.member, NOTE, { id })).data.note.title).toContain(stage.ours.marker);
				expect(await changesOf(stage, id)).toEqual(['content.create', 'content.delete']);
			},
		),
		works(
			'A row is deleted, and a value is set to NULL',
			'Works: null, as if never written. The log has the writes',
			OLDER,
			async (stage) => {
				const [gone, emptied] = [await stage.note(), await stage.note()];
				await stage.admin`delete from notes where id = ${gone}`;
				await stage.admin`update notes set title = null where id = ${emptied}`;
				const read = async (id: string) => (await stage.ask(stage.north.member, NOTE, { id })).data.note;
				expect([await read(gone), (await read(emptied)).title]).toEqual([null, null]);
				for (const id of [gone, emptied]) expect(await changesOf(stage, id)).toEqual(['content.create']);
			},
		),
		{
			attack: 'Old content in the row of a removed note (a tombstone)',
			expected: '23514, also for a superuser: a tombstone holds no content',
			layer: 'database rule',
			async run(stage) {
				const id = await stage.note();
				const { title } = await rowOf(stage, id);
				await remove(stage, { id, expectedRevision: 1 });
				return { states: [await codeOf(stage.admin`update notes set title = ${title} where id = ${id}`)] };
			},
		},
		{
			attack: 'The old title of a removed note, in the row of another note',
			expected: 'CIPHERTEXT_INVALID: a value opens only in its own row and column',
			layer: 'envelope',
			async run(stage) {
				const [old, now] = [await stage.note(), await stage.note()];
				const { title } = await rowOf(stage, old);
				await remove(stage, { id: old, expectedRevision: 1 });
				await stage.admin`update notes set title = ${title} where id = ${now}`;
				return { answers: [await stage.ask(stage.north.member, NOTE, { id: now })] };
			},
		},
		works(
			'A disabled data key, set to ACTIVE again',
			'Works: the state is only in the row. A wrapping key that is disabled in the keyring stays disabled',
			OLDER,
			async (stage) => {
				const { admin, harbour, installation } = stage;
				await stage.note({}, harbour);
				const set = (state: string) =>
					admin`update data_keys set state = ${state} where firm_id = ${harbour.id} and class = 'NOTE'`;
				const keyring = await openKeyring(installation.config, 'worker');
				await set('DISABLED');
				await set('ACTIVE');
				const api = await installation.serve();
				const read = () => stage.ask(harbour.member, '{ notes(first: 1) { nodes { title } } }', {}, api);
				expect((await read()).errors).toEqual([]);
				await keyring.disableKey(harbour.id);
				const fresh = await installation.serve();
				const closed = await stage.ask(harbour.member, '{ notes(first: 1) { nodes { title } } }', {}, fresh);
				await keyring.enableKey(harbour.id);
				expect(closed.errors.map(({ extensions }) => extensions.code)).toEqual(['KEY_UNAVAILABLE']);
				await Promise.all([api.stop(), fresh.stop()]);
			},
		),
		works(
			'A copy of the keyring’s files from before the firm’s key was disabled',
			'Works with the local keyring only: the firm’s key is enabled again',
			"An old copy of a firm's directory that is restored is not detected",
			async (stage) => {
				const { directory, config } = stage.installation;
				const [files, copy] = [join(directory, 'keyring', 'firms', stage.harbour.id), join(directory, 'copy')];
				cpSync(files, copy, { recursive: true, preserveTimestamps: true });
				const keyring = await openKeyring(config, 'worker');
				const asked = async () =>
					(await openKeyring(config, 'firm')).generateDataKey({ firm: stage.harbour.id, class: 'NOTE' });
				await keyring.disableKey(stage.harbour.id);
				await expect(asked()).rejects.toMatchObject({ reason: 'REFUSED' });
				rmSync(files, { recursive: true });
				cpSync(copy, files, { recursive: true, preserveTimestamps: true });
				rmSync(copy, { recursive: true });
				await expect(asked()).resolves.toBeDefined();
			},
		),
		{
			attack: 'The end of a membership is deleted from its row',
			expected: 'FORBIDDEN: the MAC covers the removal',
			layer: 'proof',
			async run(stage) {
				const { admin, ask } = stage;
				const { id, token } = await formerMember(stage, 'ended');
				await admin`update memberships set removed_at = null where user_id = ${id}`;
				const told = await ask(token, '{ notes { nodes { title } } }');
				await admin`update memberships set removed_at = now() where user_id = ${id}`;
				return { answers: [told] };
			},
		},
		works(
			'The firm API’s login restores a membership with the MAC from before it ended',
			'Works: the account is a member again. A MAC does not expire',
			'may restore what a person once was',
			async (stage) => {
				const { admin, ask, north } = stage;
				const { id, token, mac } = await formerMember(stage, 'back');
				await stage.sql(
					'firm',
					{ firm: north.id },
					(tx) => tx`update memberships set removed_at = null, mac = ${mac} where user_id = ${id}`,
				);
				expect((await ask(token, '{ viewer { role } }')).data.viewer.role).toBe('MEMBER');
				await admin`update memberships set removed_at = now() where user_id = ${id}`;
			},
		),
		works(
			'The firm API’s login restores the firm’s looser access policy with its MAC',
			'Works: an owner’s agreement is no longer needed, and owners get no notice of the change',
			'or what a firm once allowed',
			async (stage) => {
				const { admin, north } = stage;
				await setPolicy(stage, 'NOTIFY');
				const [looser] = await admin`select policy, mac from access_policies where firm_id = ${north.id}`;
				await setPolicy(stage, 'APPROVE');
				const countNotices = async () => (await admin`select 1 from notices where firm_id = ${north.id}`).length;
				const before = await countNotices();
				await stage.sql(
					'firm',
					{ firm: north.id },
					(tx) => tx`update access_policies set policy = ${looser?.policy}, mac = ${looser?.mac}`,
				);
				try {
					const seen = await stage.ask(north.owner, `{ firm(id: "${north.id}") { accessPolicy { policy } } }`);
					expect(seen.data.firm.accessPolicy.policy).toBe('NOTIFY');
					expect(await countNotices()).toBe(before);
				} finally {
					await setPolicy(stage, 'APPROVE');
				}
			},
		),
		{
			attack: 'An entry is deleted from the middle of the log by a superuser, who disables its triggers',
			expected: 'A sequence number of that process is missing',
			layer: 'audit log',
			async run(stage) {
				const { admin } = stage;
				const told = await stage.ask(stage.north.member, '{ notes(first: 1) { nodes { title } } }');
				const [entry] = await stage.entriesOf(told);
				await stage.ask(stage.north.member, '{ notes(first: 1) { nodes { body } } }');
				const [row] = await admin`select * from audit_entries where id = ${entry?.id as string}`;
				await admin.begin(async (tx) => {
					await tx`alter table audit_entries disable trigger user`;
					await tx`delete from audit_entries where id = ${row?.id}`;
					await tx.unsafe(
						'alter table audit_entries enable always trigger append_only_row; alter table audit_entries enable always trigger append_only_statement; alter table audit_entries enable always trigger append_only_truncate',
					);
				});
				const gap =
					await admin`select 1 from audit_entries where boot = ${row?.boot} group by boot having max(sequence) - min(sequence) + 1 > count(*)`;
				expect(gap).toHaveLength(1);
				await admin`insert into audit_entries ${admin(row as Row)}`;
				return { states: [await codeOf(admin`delete from audit_entries where id = ${row?.id}`)] };
			},
		},
		works(
			'The newest entry is deleted in the same way, before it is a leaf',
			'Works: no number is missing yet. For leaves, see docs/reference/attacks-on-the-log.md',
			'may remove entries before they are leaves',
			async (stage) => {
				await stage.admin.begin(async (tx) => {
					// An open transaction keeps later entries from becoming leaves.
					await tx`select pg_current_xact_id()`;
					await stage.ask(stage.north.member, '{ notes(first: 1) { nodes { title } } }');
					const [row] = await tx`select * from audit_entries where role = 'firmseal_firm' and boot = (
						select boot from audit_entries where role = 'firmseal_firm' order by appended_at desc, sequence desc limit 1) order by sequence desc limit 1`;
					expect(await tx`select 1 from audit_leaves where entry_id = ${row?.id}`).toHaveLength(0);
					await tx`set local session_replication_role = replica`;
					await tx`alter table audit_entries disable trigger user`;
					await tx`delete from audit_entries where id = ${row?.id}`;
					const gap =
						await tx`select 1 from audit_entries where boot = ${row?.boot} group by boot having max(sequence) - min(sequence) + 1 > count(*)`;
					expect(gap).toHaveLength(0);
					await tx`insert into audit_entries ${tx(row as Row)}`;
					await tx.unsafe(
						'alter table audit_entries enable always trigger append_only_row; alter table audit_entries enable always trigger append_only_statement; alter table audit_entries enable always trigger append_only_truncate',
					);
				});
			},
		),
	],
};
