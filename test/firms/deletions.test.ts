import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKSPACE, type WorkspaceTypeName } from '../../src/firms/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { makeWorkspace, type Workspace } from '../attacks/workspace.ts';
import { fieldOf, hasMutation, KINDS, registry, schema, tableNameOf } from './kinds.ts';
import { codesOf, type Shown, shown, type Writer, writerOf } from './writer.ts';

let scene: Scene;
let writer: Writer;
beforeAll(async () => {
	scene = await makeScene();
	writer = writerOf(scene);
});
afterAll(() => scene?.installation.close());

/** The row, read by SQL. */
const stored = async (type: WorkspaceTypeName, id: string) =>
	(await scene.admin`select * from ${scene.admin(tableNameOf(type))} where id = ${id}`)[0];

const COMMENTED: readonly string[] = ['Document', 'Message', 'Note', 'Invoice'];

interface Whole {
	readonly work: Workspace;
	readonly input: object;
	readonly made: Shown;
	/** Parts that are removed with a row, by type. */
	readonly parts: readonly { type: WorkspaceTypeName; id: string }[];
}

/** Makes a record with two of each of its parts, and shares it if possible. */
async function makeWhole(type: WorkspaceTypeName): Promise<Whole> {
	const work = await makeWorkspace(scene, scene.north);
	const kind = KINDS.find((each) => each.type === type);
	const input = { id: uuidv7(), ...kind?.input(work.ids) };
	const made = shown(await writer.create(type, input), `create${type}`);
	const parts: { type: WorkspaceTypeName; id: string }[] = [];
	for (let n = 0; n < 2; n++) {
		if (COMMENTED.includes(type)) {
			const about = { [`${fieldOf(type)}Id`]: made.id };
			parts.push({ type: 'Comment', id: (await writer.make('Comment', { about, text: `remark ${n}` })).id });
		}
		if (type === 'Document') {
			const version = { documentId: made.id, changeSummary: `version ${n}` };
			parts.push({ type: 'DocumentVersion', id: (await writer.make('DocumentVersion', version)).id });
		}
	}
	if (type === 'Invoice') {
		const items = await scene.admin`select id from invoice_line_items where invoice_id = ${made.id}`;
		parts.push(...items.map(({ id }) => ({ type: 'InvoiceLineItem' as const, id })));
	}
	return { work, input, made: await writer.read(type, made.id), parts };
}

const REMOVED = KINDS.filter(({ type }) => hasMutation(`delete${type}`)).map(({ type }) => type);

describe.each(REMOVED)('a deleted %s', (type) => {
	let whole: Whole;
	let remove: Awaited<ReturnType<Writer['remove']>>;
	beforeAll(async () => {
		whole = await makeWhole(type);
		const { id, revision } = whole.made;
		expect(codesOf(await writer.remove(type, id, revision + 1))).toEqual(['CONFLICT']);
		expect(await writer.read(type, id)).toEqual(whole.made);
		remove = await writer.remove(type, id, revision);
	});

	it('is answered with its id', () => {
		expect(remove.errors).toEqual([]);
		expect(remove.data[`delete${type}`]).toEqual({ id: whole.made.id });
	});

	it('is no longer found, its parts are not found either, and no list contains them', async () => {
		for (const { type: of, id } of [{ type, id: whole.made.id }, ...whole.parts])
			expect(await writer.read(of, id)).toBeNull();
		const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(
			({ type: of }) => String(of) === `${type}Connection!`,
		);
		for (const { name, args } of lists) {
			const of = args.some((argument) => argument.name === 'threadId') ? `threadId: "${whole.work.ids.thread}", ` : '';
			const { data } = await scene.api.ask(
				scene.north.member,
				`{ ${name}(${of}first: 1000) { totalCount nodes { id } } }`,
			);
			const ids = data[name].nodes.map((node: Shown) => node.id);
			expect(ids).not.toContain(whole.made.id);
			expect(data[name].totalCount).toBe(ids.length);
		}
	});

	it('leaves tombstones without a sealed value, for itself and its parts', async () => {
		for (const { type: of, id } of [{ type, id: whole.made.id }, ...whole.parts]) {
			const row = await stored(of, id);
			expect(row?.deleted_at).toEqual(expect.any(Date));
			const columns = registry.ofType(of).map(({ column }) => column);
			expect(columns.length).toBeGreaterThan(0);
			for (const column of columns) expect([of, column, row?.[column]]).toEqual([of, column, null]);
		}
		expect((await stored(type, whole.made.id))?.revision).toBe(whole.made.revision + 1);
	});

	it('leaves records unchanged that it does not own', async () => {
		const { document, note, message, invoice, timeEntry, comment } = whole.work.ids;
		for (const [of, id] of Object.entries({ document, note, message, invoice, timeEntry, comment }))
			expect(await writer.read(of.charAt(0).toUpperCase() + of.slice(1), id), of).toEqual(
				expect.objectContaining({ revision: expect.any(Number) }),
			);
	});

	it('blocks its id, and those of its parts, for ever', async () => {
		expect(codesOf(await writer.create(type, whole.input as never))).toEqual(['CONFLICT']);
		for (const { type: of, id } of whole.parts) {
			const kind = KINDS.find((each) => each.type === of);
			if (kind) expect(codesOf(await writer.create(of, { id, ...kind.input(whole.work.ids) }))).toEqual(['CONFLICT']);
		}
		expect((await stored(type, whole.made.id))?.deleted_at).toEqual(expect.any(Date));
	});

	it('cannot be deleted or changed again, and neither can its parts', async () => {
		for (const { type: of, id } of [{ type, id: whole.made.id }, ...whole.parts]) {
			if (hasMutation(`delete${of}`)) expect(codesOf(await writer.remove(of, id, 2))).toEqual(['NOT_FOUND']);
			const kind = KINDS.find((each) => each.type === of);
			if (!kind || !hasMutation(`update${of}`)) continue;
			const changes = kind.other(whole.work.ids);
			expect(codesOf(await writer.update(of, { id, expectedRevision: 2, ...changes }))).toEqual(['NOT_FOUND']);
		}
	});

	it('accepts no additions', async () => {
		const { id } = whole.made;
		if (COMMENTED.includes(type)) {
			const comment = { about: { [`${fieldOf(type)}Id`]: id }, text: 'late' };
			expect(codesOf(await writer.create('Comment', comment))).toEqual(['NOT_FOUND']);
		}
		if (type === 'Document')
			expect(codesOf(await writer.create('DocumentVersion', { documentId: id }))).toEqual(['NOT_FOUND']);
		if (type !== 'Document' && type !== 'Invoice') return;
		const share = await scene.api.ask(
			scene.north.member,
			'mutation ($input: ShareWithClientInput!) { shareWithClient(input: $input) { client { id } } }',
			{ input: { clientId: scene.north.clientId, subject: { [`${fieldOf(type)}Id`]: id } } },
		);
		expect(codesOf(share)).toEqual(['NOT_FOUND']);
	});

	it('is logged, with every record and every field that lost its content', async () => {
		const [entry, ...more] = await scene.entriesOf(remove);
		expect(more).toEqual([]);
		expect(entry?.action).toBe('content.delete');
		expect([...(entry?.records ?? [])].sort()).toEqual([whole.made.id, ...whole.parts.map(({ id }) => id)].sort());
		const types = [type, ...new Set(whole.parts.map((part) => part.type))];
		expect([...(entry?.coordinates ?? [])].sort()).toEqual(
			types.flatMap((of) => registry.ofType(of).map(({ coordinate }) => coordinate)).sort(),
		);
	});
});

describe('a separate deletion', () => {
	it('of a comment leaves its subject unchanged', async () => {
		const { made, work } = await makeWhole('Comment');
		expect(codesOf(await writer.remove('Comment', made.id, 1))).toEqual([]);
		expect(await writer.read('Note', work.ids.note)).toMatchObject({ revision: 1 });
	});

	it('of a message leaves its thread open', async () => {
		const { made } = await makeWhole('Message');
		expect(codesOf(await writer.remove('Message', made.id, 1))).toEqual([]);
		const thread = await writer.read('Thread', made.thread.id);
		expect(await writer.make('Message', { threadId: thread.id, body: 'next' })).toMatchObject({ revision: 1 });
	});

	it('is tested for every type that can be deleted, with its parts', () => {
		const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
		const removing = mutations.flatMap((name) => /^delete(\w+)$/.exec(name)?.[1] ?? []);
		expect([...REMOVED].sort()).toEqual(removing.sort());
		const parts = Object.values(WORKSPACE).flatMap((each) => ('parts' in each ? each.parts : []));
		expect(new Set(parts.map((part) => part.type))).toEqual(new Set(['Comment', 'DocumentVersion', 'InvoiceLineItem']));
	});
});

describe('an invoice whose items are replaced', () => {
	it('turns the old ones into tombstones without content, and logs them', async () => {
		const { made, parts } = await makeWhole('Invoice');
		const items = parts.filter((part) => part.type === 'InvoiceLineItem');
		const lineItems = [{ description: 'the only one' }];
		const answer = await writer.update('Invoice', { id: made.id, expectedRevision: made.revision, lineItems });
		const changed = shown(answer, 'updateInvoice');
		expect(changed.lineItems).toEqual([{ position: 1, description: 'the only one', quantity: null, unitAmount: null }]);
		for (const { type, id } of items) {
			expect(await writer.read(type, id)).toBeNull();
			const row = await stored(type, id);
			expect(row).toMatchObject({ description: null, quantity: null, unit_amount: null });
			expect(row?.deleted_at).toEqual(expect.any(Date));
		}
		const [entry] = (await scene.entriesOf(answer)).filter(({ action }) => action === 'content.update');
		expect(entry?.records).toHaveLength(1 + items.length + 1);
		expect(entry?.records).toEqual(expect.arrayContaining([made.id, ...items.map(({ id }) => id)]));

		const none = await writer.update('Invoice', { id: made.id, expectedRevision: made.revision + 1, lineItems: [] });
		expect(shown(none, 'updateInvoice').lineItems).toEqual([]);
		const [emptied] = (await scene.entriesOf(none)).filter(({ action }) => action === 'content.update');
		expect(emptied?.records).toHaveLength(2);
	});
});
