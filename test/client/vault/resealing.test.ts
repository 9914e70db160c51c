import { beforeEach, describe, expect, it } from 'vitest';
import { parseStamp, readCustodyHeader } from '../../../src/custody/index.ts';
import { flipped, fromBase64, respelled, someDevice } from '../../custody/some.ts';
import { refusal, row, stampedAgain, stolenKeys, withFields } from './attacker.ts';
import { CARA, CARAS_NOTE, change, type Device, MESSAGE, NOTE, OTHER_THREAD, someFirm } from './firm.ts';
import { type InMemoryApi, recordOf } from './in-memory-api.ts';
import { MINUTE } from './stepped-time.ts';

let service: InMemoryApi;
let anna: Device;
let bert: Device;
let cara: Device;
/** Cara is removed, and the firm has new keys. Bert has seen her note before that, and Anna has not. */
beforeEach(async () => {
	const firm = await someFirm();
	service = firm.service;
	[anna, bert, cara] = [await firm.anna(), await firm.bert(), await firm.cara()];
	await bert.read(service.record(CARAS_NOTE));
	await anna.send(service, await anna.vault.removeMember({ person: CARA }));
	await bert.sync(service);
});

type Given = Parameters<Device['vault']['reseal']>[0];

/** What the device seals again, or why it does not. */
async function resealed(device: Device, ...records: Given) {
	const rows = await device.vault.reseal(records);
	return rows.map((each) => ('why' in each ? each.why : parseStamp(each.sealed.stamp)));
}

/** Seals the stored row again, and stores it. */
async function store(device: Device, id: string): Promise<void> {
	const [sealed] = await device.vault.reseal([service.record(id)]);
	if (sealed === undefined || 'why' in sealed) throw new Error(sealed?.why);
	service.store({ ...change(service, id, {}), thread: row(service, id).thread }, sealed.sealed);
}

describe('re-sealing', () => {
	it('keeps values and the first author, and moves to the newest key and the next revision', async () => {
		const author = await anna.id();
		const before = await bert.read(service.record(NOTE), service.record(MESSAGE));
		for (const id of [NOTE, MESSAGE]) await store(bert, id);
		expect(await anna.read(service.record(NOTE), service.record(MESSAGE))).toEqual(before);
		const { stamp, fields } = row(service, NOTE);
		expect(parseStamp(stamp)).toMatchObject({ revision: 2, origin: author, device: await bert.id() });
		for (const envelope of Object.values(fields)) expect(readCustodyHeader(fromBase64(envelope ?? '')).version).toBe(2);
		await store(anna, NOTE);
		expect(parseStamp(row(service, NOTE).stamp)).toMatchObject({ revision: 3, origin: author });
	});

	it('does not wash what a removed device may have written since: its record stays marked', async () => {
		const author = await cara.id();
		await store(anna, CARAS_NOTE);
		expect(parseStamp(row(service, CARAS_NOTE).stamp).origin).toBe(author);
		const [read] = await bert.read(service.record(CARAS_NOTE));
		expect(read).toMatchObject({ fields: [{ value: 'Second' }, { value: null }], isAuthorInactive: true });
		await store(bert, CARAS_NOTE);
		expect((await anna.read(service.record(CARAS_NOTE)))[0]?.isAuthorInactive).toBe(true);
	});

	it('by a device that saw the record before its author left leaves no mark', async () => {
		await store(bert, CARAS_NOTE);
		expect(parseStamp(row(service, CARAS_NOTE).stamp).origin).toBe(null);
		expect((await anna.read(service.record(CARAS_NOTE)))[0]?.isAuthorInactive).toBe(false);
	});
});

describe('a service that lies', () => {
	it('has nothing sealed again that the device would not read, and the sentence names no value', async () => {
		const record = service.record(NOTE);
		const { title, body } = row(service, NOTE).fields;
		const stranger = await stampedAgain(row(service, NOTE), await someDevice(), { revision: 2 });
		const byRemoved = await stampedAgain(row(service, NOTE), await stolenKeys(cara), { head: service.log?.head ?? '' });
		const extra = await stampedAgain(row(service, NOTE), await stolenKeys(anna), {
			revision: 2,
			columns: { ...parseStamp(record.stamp).columns, secret: null },
		});
		const lies = [
			withFields(record, { title: respelled(title as string, (bytes) => flipped(bytes, 500)) }),
			withFields(record, { title: body as string, body: title as string }),
			withFields(record, { title: row(service, CARAS_NOTE).fields.title as string }),
			withFields(record, { body: null }),
			{ ...record, fields: record.fields.slice(0, 1) },
			{ ...record, id: CARAS_NOTE, requestedId: null },
			{ ...record, stamp: row(service, CARAS_NOTE).stamp },
			{ ...record, firm: OTHER_THREAD },
			{ ...service.record(MESSAGE), thread: OTHER_THREAD },
			recordOf(stranger),
			recordOf(byRemoved),
			recordOf(extra),
		];
		const answers = await resealed(bert, ...lies, record);
		expect(answers.map((each) => typeof each)).toEqual([...lies.map(() => 'string'), 'object']);
		expect(JSON.stringify(answers)).not.toMatch(/Plan|First draft|Second/);
	});

	it('cannot pass an old record for a new one', async () => {
		const old = service.record(NOTE);
		await anna.write(service, change(service, NOTE, { body: 'Second draft' }));
		await bert.read(service.record(NOTE));
		expect((await resealed(bert, old))[0]).toContain('older');
		// Anna’s vault has not read back what it wrote: it seals the old record, as the revision that Bert has seen with another content.
		const [sealed] = await anna.vault.reseal([old]);
		if (sealed === undefined || 'why' in sealed) throw new Error(sealed?.why);
		expect(parseStamp(sealed.sealed.stamp).revision).toBe(2);
		service.store(change(service, NOTE, {}), sealed.sealed);
		expect((await bert.read(service.record(NOTE)))[0]?.fields).toMatchObject([
			{ why: expect.anything() },
			{ why: expect.anything() },
		]);
	});
});

it('a device that was removed, that is not up to date or that has no key to seal under seals nothing again', async () => {
	await cara.sync(service);
	expect(await refusal(cara.vault.reseal([service.record(NOTE)]))).toBe('device-inactive');
	service.time.step(11 * MINUTE);
	expect(await refusal(bert.vault.reseal([service.record(NOTE)]))).toBe('not-fresh');
	const firm = await someFirm();
	const device = await firm.anna();
	const [entry = ''] = (await device.vault.removeMember({ person: CARA })).entries;
	await device.send(firm.service, { entries: [entry], wraps: [], names: [], shares: [] });
	expect(await refusal(device.vault.reseal([firm.service.record(NOTE)]))).toBe('key-stale');
});
