import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { makeWorkspace, type Workspace } from '../attacks/workspace.ts';
import type { Answer } from '../support/ask.ts';
import { scale } from '../support/scale.ts';
import { argumentsOf, hasMutation, isRequired, KINDS, tableNameOf } from './kinds.ts';
import { codesOf, outcomesOf, shown, type Writer, writerOf } from './writer.ts';

let scene: Scene;
let work: Workspace;
let theirs: Workspace;
let writer: Writer;
beforeAll(async () => {
	scene = await makeScene();
	[work, theirs] = [await makeWorkspace(scene, scene.north), await makeWorkspace(scene, scene.harbour)];
	writer = writerOf(scene);
});
afterAll(() => scene?.installation.close());

const creates = async (answers: readonly Answer[]) => {
	const requests = new Set(answers.map(({ headers }) => headers.get('x-request-id')));
	return (await scene.entries()).filter(
		({ action, request }) => action === 'content.create' && requests.has(request as string),
	);
};

describe.each(KINDS)('a create of a $type', (kind) => {
	const { type } = kind;
	const drafted = () => ({ id: uuidv7(), ...kind.input(work.ids) });
	const rows = async (id: string) => {
		const table = scene.admin(tableNameOf(type));
		return [...(await scene.admin`select *, xmin::text as changed_by from ${table} where id = ${id}`)];
	};

	it('returns the same row if sent again, and writes nothing in the table or the log', async () => {
		const input = drafted();
		const first = await writer.create(type, input);
		const before = await rows(input.id);
		const again = await writer.create(type, input);
		expect(again.data).toEqual(first.data);
		expect(await rows(input.id)).toEqual(before);
		expect(await creates([first, again])).toHaveLength(1);
	});

	it('sent twenty times at once creates one row and one entry, and gets twenty equal answers', async () => {
		for (let round = 0; round < 3; round++) {
			const input = drafted();
			const answers = await Promise.all(Array.from({ length: 20 }, () => writer.create(type, input)));
			expect(outcomesOf(answers)).toEqual({ done: 20 });
			expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
			expect(await rows(input.id)).toHaveLength(1);
			expect(await creates(answers)).toHaveLength(1);
		}
	});

	it.each(argumentsOf('Create', type))('with another %s, or without one, is refused as already used', async (name) => {
		const input = drafted();
		shown(await writer.create(type, input), `create${type}`);
		const before = await rows(input.id);
		const others: object[] = [];
		const other = name === 'about' ? { documentId: work.ids.document } : kind.other(work.ids)[name];
		if (name !== 'threadId' && name !== 'documentId') others.push({ ...input, [name]: other });
		if (!isRequired(type, name)) others.push({ ...input, [name]: undefined });
		for (const sent of others) {
			const answer = await writer.create(type, sent as typeof input);
			expect([sent, codesOf(answer)]).toEqual([sent, ['CONFLICT']]);
		}
		expect(await rows(input.id)).toEqual(before);
	});

	it('by another member with the same id and the same input is refused as already used', async () => {
		const input = drafted();
		const mine = await writer.create(type, input);
		const answer = await writerOf(scene, scene.north.owner).create(type, input);
		// A client has no author.
		if (type === 'Client') expect(answer.data).toEqual(mine.data);
		else expect(codesOf(answer)).toEqual(['CONFLICT']);
	});

	it('with an id of another firm is refused as already used, with the same message as for an id of the own firm', async () => {
		const input = drafted();
		shown(await writer.create(type, input), `create${type}`);
		const stranger = writerOf(scene, scene.harbour.member);
		const taken = await stranger.create(type, { ...kind.input(theirs.ids), id: input.id });
		expect(codesOf(taken)).toEqual(['CONFLICT']);
		const own = { id: uuidv7(), ...kind.input(theirs.ids) };
		const name = argumentsOf('Create', type).findLast((each) => !['id', 'about'].includes(each)) ?? '';
		shown(await stranger.create(type, own), `create${type}`);
		const ofOwn = await stranger.create(type, { ...own, [name]: kind.other(theirs.ids)[name] });
		expect(taken.errors).toEqual(ofOwn.errors);
		const opened = (await scene.entriesOf(taken)).filter(({ action }) => action.startsWith('content.'));
		expect(opened).toEqual([]);
	});

	it('is refused after a change, and answered again after the change is reverted', async () => {
		if (!hasMutation(`update${type}`)) return;
		const input = drafted();
		shown(await writer.create(type, input), `create${type}`);
		const [name = ''] = argumentsOf('Update', type).filter((each) => each !== 'clientId');
		const values = [kind.other(work.ids)[name], kind.input(work.ids)[name]];
		await writer.update(type, { id: input.id, expectedRevision: 1, [name]: values[0] });
		expect(codesOf(await writer.create(type, input))).toEqual(['CONFLICT']);
		const original = (input as Record<string, unknown>)[name];
		await writer.update(type, { id: input.id, expectedRevision: 2, [name]: original });
		expect(shown(await writer.create(type, input), `create${type}`)).toMatchObject({ id: input.id, revision: 3 });
	});
});

describe('two creates with one id that both find it free', () => {
	it('make one row and give two answers, although an index that the insert does not check first refuses the later one', async () => {
		for (let round = 0; round < scale(60); round++) {
			const input = { id: uuidv7(), title: `${round}` };
			const answers = await Promise.all(Array.from({ length: 8 }, () => writer.create('Note', input, 'id revision')));
			expect(outcomesOf(answers)).toEqual({ done: 8 });
		}
	});
});

describe('a create of an invoice with items', () => {
	it('is the same only with the same items in the same order', async () => {
		const items = ['1', '2', '3'].map((quantity) => ({ description: 'work', quantity, unitAmount: '10.00' }));
		const input = { id: uuidv7(), number: uuidv7(), currency: 'EUR', total: '60.00', lineItems: items };
		const first = shown(await writer.create('Invoice', input), 'createInvoice');
		const [a, b, c] = items as [object, object, object];
		for (const lineItems of [
			[a, c, b],
			[a, b],
			[a, b, c, c],
			[],
			null,
			[a, b, { ...c, unitAmount: '10.0' }],
			[a, b, { ...c, unitAmount: null }],
			[a, b, { ...c, description: '' }],
		])
			expect(codesOf(await writer.create('Invoice', { ...input, lineItems })), JSON.stringify(lineItems)).toEqual([
				'CONFLICT',
			]);
		expect(shown(await writer.create('Invoice', input), 'createInvoice')).toEqual(first);
		const [count] = await scene.admin`select count(*)::int as n from invoice_line_items where invoice_id = ${input.id}`;
		expect(count?.n).toBe(3);
	});
});

describe('a repeated create after additions', () => {
	it('is still answered for a thread', async () => {
		const input = { id: uuidv7(), clientId: work.ids.client };
		await writer.create('Thread', input);
		for (let n = 0; n < 3; n++) await writer.make('Message', { threadId: input.id, body: 'x' });
		expect(shown(await writer.create('Thread', input), 'createThread')).toMatchObject({ id: input.id, revision: 1 });
	});

	it('is still answered for a document with versions and comments, and for each of the versions', async () => {
		const input = { id: uuidv7(), name: 'a', mimeType: 'text/plain', description: 'b' };
		await writer.create('Document', input);
		const versions = [1, 2, 3].map((n) => ({ id: uuidv7(), documentId: input.id, changeSummary: `${n}` }));
		for (const version of versions) await writer.create('DocumentVersion', version);
		await writer.make('Comment', { about: { documentId: input.id }, text: 'x' });
		expect(shown(await writer.create('Document', input), 'createDocument').versions).toHaveLength(3);
		for (const [index, version] of versions.entries()) {
			const again = shown(await writer.create('DocumentVersion', version), 'createDocumentVersion');
			expect(again).toMatchObject({ id: version.id, number: index + 1, revision: 1 });
		}
		expect(await writer.read('Document', input.id)).toMatchObject({ revision: 1 });
	});

	it('is not performed again if its parent has been deleted', async () => {
		const note = await writer.make('Note', { title: 'x' });
		const input = { id: uuidv7(), about: { noteId: note.id }, text: 'y' };
		shown(await writer.create('Comment', input), 'createComment');
		await writer.remove('Note', note.id, 1);
		expect(codesOf(await writer.create('Comment', input))).toEqual(['NOT_FOUND']);
	});
});
