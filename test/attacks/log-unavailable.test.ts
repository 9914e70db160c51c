import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../support/ask.ts';
import { CREATE, makeScene, NOTE, type Scene, UPDATE } from './scene.ts';

let scene: Scene;
let id: string;
beforeAll(async () => {
	scene = await makeScene();
	id = await scene.write({ title: 'unrecorded-marker', body: 'unrecorded-marker' });
});
afterAll(() => scene?.installation.close());

const stored = async () =>
	(await scene.admin`select id, revision, title, body, deleted_at from notes order by id`).map((row) => ({ ...row }));

function expectWithheld(answer: Answer): void {
	expect(answer.status).toBe(503);
	expect(answer.headers.get('retry-after')).toMatch(/^[1-9][0-9]*$/);
	expect(answer.data ?? null).toBeNull();
	expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['AUDIT_UNAVAILABLE']);
	expect(answer.text).not.toContain('unrecorded-marker');
	expect(answer.sealed).toEqual([]);
}

/** Faults that make the log unwritable, each with its repair. */
const FAULTS: readonly [name: string, breaks: () => Promise<unknown>, repairs: () => Promise<unknown>][] = [
	[
		'the role’s privilege to append is revoked',
		() =>
			scene.admin`revoke insert (id, firm_id, boot, sequence, leaf) on audit_entries from firmseal_firm, firmseal_operator`,
		() =>
			scene.admin`grant insert (id, firm_id, boot, sequence, leaf) on audit_entries to firmseal_firm, firmseal_operator`,
	],
	[
		'a trigger of the table raises an error',
		() =>
			scene.admin.unsafe(`create function out_of_order() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$;
				create trigger out_of_order before insert on audit_entries for each row execute function out_of_order()`),
		() => scene.admin.unsafe('drop trigger out_of_order on audit_entries; drop function out_of_order()'),
	],
	[
		'a trigger of the table raises an error at commit',
		() =>
			scene.admin.unsafe(`create function refuse_late() returns trigger language plpgsql as $$ begin raise exception 'late'; end $$;
				create constraint trigger refuse_late after insert on audit_entries deferrable initially deferred for each row execute function refuse_late()`),
		() => scene.admin.unsafe('drop trigger refuse_late on audit_entries; drop function refuse_late()'),
	],
	[
		'the table is renamed',
		() => scene.admin`alter table audit_entries rename to moved`,
		() => scene.admin`alter table moved rename to audit_entries`,
	],
];

describe.each(FAULTS)('when %s', (_, breaks, repairs) => {
	beforeAll(breaks);
	afterAll(repairs);

	it('no opened value leaves the server', async () => {
		expectWithheld(await scene.api.ask(scene.north.member, NOTE, { id }));
		expectWithheld(
			await scene.api.ask(scene.north.owner, `{ viewer { email } node(id: "${id}") { ... on Note { x: title } } }`),
		);
		expectWithheld(await scene.api.ask(scene.north.owner, '{ notes { totalCount nodes { body } } }'));
	});

	it('no refusal and no log entry leaves the server, since neither can be recorded', async () => {
		expectWithheld(await scene.api.ask(scene.operator, NOTE, { id }));
		expectWithheld(await scene.api.ask(scene.north.client, '{ notes { totalCount } }'));
		expectWithheld(await scene.api.ask(scene.north.owner, '{ auditEntries { nodes { leaf } } }'));
	});

	it('changes are rolled back as a whole', async () => {
		const before = await stored();
		expectWithheld(await scene.api.ask(scene.north.member, CREATE, { input: { title: 'unrecorded-marker new' } }));
		expectWithheld(
			await scene.api.ask(scene.north.member, UPDATE, {
				input: { id, expectedRevision: 1, title: 'unrecorded-marker changed' },
			}),
		);
		expectWithheld(
			await scene.api.ask(
				scene.north.member,
				`mutation { deleteNote(input: { id: "${id}", expectedRevision: 1 }) { id } }`,
			),
		);
		expect(await stored()).toEqual(before);
	});

	it('a request that needs no log entry is still answered', async () => {
		const { data, errors } = await scene.api.ask(
			scene.north.member,
			`{ viewer { role } note(id: "${id}") { id revision } }`,
		);
		expect(errors).toEqual([]);
		expect(data).toEqual({ viewer: { role: 'MEMBER' }, note: { id, revision: 1 } });
	});
});

describe('once the log can be written again', () => {
	it('everything works as before, and no number of the process is missing', async () => {
		const read = await scene.api.ask(scene.north.member, NOTE, { id });
		expect(read.data.note).toMatchObject({ title: 'unrecorded-marker', revision: 1 });
		expect((await scene.entriesOf(read)).map(({ action }) => action)).toEqual(['content.open']);
		const updated = await scene.api.ask(scene.north.member, UPDATE, {
			input: { id, expectedRevision: 1, title: 'unrecorded-marker 2' },
		});
		expect(updated.data.updateNote.note.revision).toBe(2);
		const rows =
			await scene.admin`select boot, max(sequence) - min(sequence) + 1 = count(*) as whole, min(sequence) = 1 as first from audit_entries group by boot`;
		for (const { whole, first } of rows) expect([whole, first]).toEqual([true, true]);
	});

	it('no content is in the lines that report the failure', () => {
		const lines = scene.api.lines.join('');
		expect(lines).toContain('audit entries could not be written');
		expect(lines).not.toContain('unrecorded-marker');
	});
});
