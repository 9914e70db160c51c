import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyring } from '../../src/wiring/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { makeWorkspace, type Workspace } from '../attacks/workspace.ts';
import { FIRM_OWNED } from '../database/firm-owned-tables.ts';
import type { Answer } from '../support/ask.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { codesOf, type Writer, writerOf } from './writer.ts';

const clock = steppedClock();
let scene: Scene;
let work: Workspace;
let writer: Writer;
beforeAll(async () => {
	scene = await makeScene({ FIRMSEAL_KEY_CACHE_SECONDS: '1' }, { clock });
	work = await makeWorkspace(scene, scene.north);
	writer = writerOf(scene);
});
afterAll(() => scene?.installation.close());

/** The number and the digest of the rows of every table that a write could change. */
const everything = async () => {
	const sums = FIRM_OWNED.concat('shares').map(
		(table) =>
			`select '${table}' as name, count(*)::int as rows, md5(coalesce(string_agg(t::text, '|' order by id), '')) as sum from ${table} t`,
	);
	return [...(await scene.admin.unsafe(`${sums.join(' union all ')} order by name`))];
};

const revisionOf = async (table: string, id: string): Promise<number> =>
	(await scene.admin`select revision from ${scene.admin(table)} where id = ${id}`)[0]?.revision;

const ITEMS = [{ description: 'half-done item' }, { description: 'half-done item', quantity: '2' }];

/** Writes of several rows, by name. */
const WRITES: readonly [name: string, write: () => Promise<Answer>][] = [
	[
		'a message, which moves its thread',
		() => writer.create('Message', { threadId: work.ids.thread, body: 'half-done' }),
	],
	[
		'a version, which moves its document',
		() => writer.create('DocumentVersion', { documentId: work.ids.document, changeSummary: 'half-done' }),
	],
	[
		'an invoice with items',
		() =>
			writer.create('Invoice', {
				number: crypto.randomUUID(),
				currency: 'EUR',
				total: '1',
				memo: 'half-done',
				lineItems: ITEMS,
			}),
	],
	[
		'an invoice whose items are replaced',
		async () =>
			writer.update('Invoice', {
				id: work.ids.invoice,
				expectedRevision: await revisionOf('invoices', work.ids.invoice),
				lineItems: ITEMS,
			}),
	],
];

const DELETIONS: readonly [name: string, write: () => Promise<Answer>][] = (
	[
		['Document', 'document'],
		['Invoice', 'invoice'],
		['Message', 'message'],
	] as const
).map(([type, of]) => [
	`a ${of} that is deleted, with its parts`,
	async () => writer.remove(type, work.ids[of], await revisionOf(`${of}s`, work.ids[of])),
]);

const SHARE: [string, () => Promise<Answer>] = [
	'a share',
	() =>
		scene.api.ask(
			scene.north.member,
			'mutation ($input: ShareWithClientInput!) { shareWithClient(input: $input) { client { id } } }',
			{ input: { clientId: scene.north.clientId, subject: { documentId: work.ids.document } } },
		),
];

describe('while the keyring returns no key, so that rights cannot be checked', () => {
	beforeAll(async () => {
		const keyring = await openKeyring(scene.installation.config, 'worker');
		await keyring.disableKey(scene.north.id);
		await clock.pass(1_001);
	});
	afterAll(async () => {
		await (await openKeyring(scene.installation.config, 'worker')).enableKey(scene.north.id);
	});

	const WITHOUT_CONTENT: typeof WRITES = [
		['a thread', () => writer.create('Thread', {}, 'id')],
		['an empty note', () => writer.create('Note', {}, 'id')],
	];
	it.each([...WRITES, ...WITHOUT_CONTENT, ...DELETIONS, SHARE])(
		'%s is refused and leaves nothing behind',
		async (_, write) => {
			const before = await everything();
			const answer = await write();
			expect(codesOf(answer)).toEqual(['KEY_UNAVAILABLE']);
			expect(answer.text).not.toContain('half-done');
			expect(await everything()).toEqual(before);
			expect((await scene.entriesOf(answer)).map(({ action }) => action)).toEqual([]);
		},
	);
});

describe('while there is no content key', () => {
	const setKeys = (state: string) =>
		scene.admin`update data_keys set state = ${state} where firm_id = ${scene.north.id} and class <> 'RIGHTS'`;
	beforeAll(async () => {
		await setKeys('DISABLED');
		await clock.pass(1_001);
	});
	afterAll(() => setKeys('ACTIVE'));

	it.each(WRITES)('%s is refused and leaves nothing behind', async (_, write) => {
		const before = await everything();
		const answer = await write();
		expect(codesOf(answer)).toEqual(['KEY_UNAVAILABLE']);
		expect(answer.text).not.toContain('half-done');
		expect(await everything()).toEqual(before);
		const acts = (await scene.entriesOf(answer)).map(({ action }) => action);
		expect(acts.filter((action) => action.startsWith('content.'))).toEqual([]);
	});

	it('a row without content is created, and one with content is deleted', async () => {
		expect(codesOf(await writer.create('Thread', {}, 'id'))).toEqual([]);
		expect(codesOf(await writer.create('Note', {}, 'id'))).toEqual([]);
		expect(codesOf(await writer.remove('Note', work.ids.note, 1))).toEqual([]);
	});
});

describe('while the log is not writable', () => {
	beforeAll(() => scene.admin`alter table audit_entries rename to moved`);
	afterAll(() => scene.admin`alter table moved rename to audit_entries`);

	it.each([...WRITES, ...DELETIONS, SHARE])('%s is rolled back as a whole', async (_, write) => {
		const before = await everything();
		const answer = await write();
		expect([answer.status, codesOf(answer)]).toEqual([503, ['AUDIT_UNAVAILABLE']]);
		expect(answer.text).not.toContain('half-done');
		expect(await everything()).toEqual(before);
	});
});

describe('afterwards', () => {
	it.each([...WRITES, SHARE, ...DELETIONS])('%s succeeds', async (_, write) => {
		const before = await everything();
		expect(codesOf(await write())).toEqual([]);
		expect(await everything()).not.toEqual(before);
	});
});
