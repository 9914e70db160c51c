import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replacement, replaceValues } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { addNote, envelopeOf, makeTwoFirms, type TwoFirms } from './two-firms.ts';

describe.each(servers)('replaced values, on the $name server', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	const read = async (id: string) => {
		const [row] = await two.admin`select title, body from notes where id = ${id}`;
		return row as unknown as { readonly title: Buffer; readonly body: Buffer };
	};
	const replace = (replacements: readonly Replacement[]) =>
		two
			.plane('firm', 1)
			.write(two.north.id, (tx) =>
				replaceValues(tx, { table: 'notes', columns: ['title', 'body'], firm: two.north.id }, replacements),
			);

	it('are each written over the value that was read, byte for byte, and over no other', async () => {
		const ids = [await addNote(two.admin, two.north), await addNote(two.admin, two.north)] as const;
		const [first, second] = [await read(ids[0]), await read(ids[1])];
		const [title, body] = [envelopeOf(two.north.id), Buffer.concat([envelopeOf(two.north.id), Buffer.alloc(3_000, 7)])];
		const answer = await replace([
			{ id: ids[0], column: 'title', old: first.title, fresh: title },
			{ id: ids[1], column: 'body', old: second.body, fresh: body },
		]);
		expect([[...answer.ids].sort(), answer.values]).toEqual([[...ids].sort(), 2]);
		expect(await read(ids[0])).toEqual({ title, body: first.body });
		expect(await read(ids[1])).toEqual({ title: second.title, body });
	});

	it('stay as they are if another process has written meanwhile', async () => {
		const id = await addNote(two.admin, two.north);
		const { title, body } = await read(id);
		const fresh = { title: envelopeOf(two.north.id), body: envelopeOf(two.north.id) };
		const answer = await replace([
			{ id, column: 'title', old: title, fresh: fresh.title },
			{ id, column: 'body', old: envelopeOf(two.north.id), fresh: fresh.body },
		]);
		expect(answer).toEqual({ ids: [id], values: 1 });
		expect(await read(id)).toEqual({ title: fresh.title, body });
	});
});
