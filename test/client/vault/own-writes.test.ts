import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { openAnswer, prepareRequest } from '../../../src/client/exchange.ts';
import type { Opener, RecordToOpen } from '../../../src/client/index.ts';
import { FIRM } from '../../custody/some.ts';
import { type Device, NOTE, someFirm } from './firm.ts';

const openerOf = ({ vault }: Device): Opener => ({
	ready: async () => undefined,
	confirm: async () => undefined,
	custody: (name) => (name === 'NOTE' ? 'FIRM' : 'PLATFORM'),
	open: (records) => vault.open(records),
	seal: (rows) => vault.seal(rows),
});

/** Changes a note through the link, and gives back what the service answers. */
async function update(device: Device, { stamp, fields }: RecordToOpen, answer: unknown, directive = '') {
	const text = `mutation { a: updateNote(input: { id: "${NOTE}", expectedRevision: 1, title: "New" }) ${directive} { note { id title } } }`;
	const request = { document: parse(text), variables: {}, operationName: undefined };
	const sealedFields = fields.map((field) => ({ ...field, stamp }));
	const current = { data: { node: { id: NOTE, firmId: FIRM, revision: 1, sealedFields } } };
	const sent = await prepareRequest(openerOf(device), request, async () => current);
	return openAnswer(openerOf(device), sent, { data: answer });
}

async function someUpdate() {
	const { service, cara } = await someFirm();
	const device = await cara();
	const old = service.record(NOTE);
	const title = async () => (await device.read(old))[0]?.fields[0];
	return { device, old, title };
}

const OLDER = expect.stringContaining('older than one that you have already seen');

it('an older revision is refused as soon as the service says that it stored the next', async () => {
	const { device, old, title } = await someUpdate();
	await update(device, old, { a: { note: null } });
	expect(await title()).toEqual({ name: 'title', why: OLDER });
	await device.vault.lock();
	await device.unlock();
	expect(await title()).toEqual({ name: 'title', why: OLDER });
});

it('the answer to a write cannot show the revision before it', async () => {
	const { device, old } = await someUpdate();
	const [field] = old.fields;
	const note = {
		id: NOTE,
		title: null,
		_firmseal_id: NOTE,
		_firmseal_firm: FIRM,
		_firmseal_field_title: [{ ...field, stamp: old.stamp }],
	};
	const answer = await update(device, old, { a: { note } });
	expect(answer?.data).toEqual({ a: { note: { id: NOTE, title: null } } });
	expect(answer?.added).toMatchObject([{ message: OLDER }]);
});

it.each([
	['was refused', null, ''],
	['had no answer', undefined, ''],
	['was skipped', {}, '@skip(if: true)'],
])('a write that %s leaves the present revision open', async (_, answer, directive) => {
	const { device, old, title } = await someUpdate();
	await update(device, old, answer === null ? { a: null } : answer, directive);
	expect(await title()).toEqual({ name: 'title', value: 'Plan' });
});
