import { expect, it } from 'vitest';
import type { RecordToOpen } from '../../../src/client/opener.ts';
import {
	deriveRecordKey,
	hashColumns,
	type KeyLog,
	parseStamp,
	prepareRecord,
	readEntry,
	sealRecordField,
} from '../../../src/custody/index.ts';
import { FIRM, flipped, fromBase64, OTHER_FIRM, respelled, someDevice, toBase64 } from '../../custody/some.ts';
import { answers, dataKeyOf, forgedEntry, refusal, row, stampedAgain, stolenKeys, withFields } from './attacker.ts';
import { CARA, CARAS_NOTE, change, type Device, MESSAGE, NOTE, newRow, someFirm } from './firm.ts';
import { type InMemoryApi, recordOf } from './in-memory-api.ts';

const MOVED = 'not the one that its author stamped';

/** Cara changes Anna's note. */
async function secondRevision(service: InMemoryApi, cara: Device): Promise<void> {
	const update = change(service, NOTE, { body: 'Second draft', title: 'Plan B' });
	const [sealed] = await cara.vault.seal([update]);
	if (sealed) service.store(update, sealed);
}

/** One value is refused, and the others of the note are served. */
async function expectOneClosed(device: Device, record: RecordToOpen, name: string, why: string): Promise<void> {
	const [opened] = await device.read(record);
	const closed = opened?.fields.filter((field) => 'why' in field);
	expect(closed).toEqual([{ name, why: expect.stringContaining(why) }]);
	expect(opened?.fields).toHaveLength(2);
}

async function expectClosed(device: Device, record: RecordToOpen, why: string): Promise<void> {
	const given = await answers(device, record);
	expect(given).toHaveLength(1);
	expect(given[0]).toContain(why);
}

it('an older revision is refused, also after a restart, and others are opened', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const old = service.record(NOTE);
	await secondRevision(service, device);
	expect((await device.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan B' });
	await expectClosed(device, old, 'older than one that you have already seen');
	await device.vault.lock();
	await device.unlock();
	const [refused, opened] = await device.read(old, service.record(MESSAGE));
	expect(refused?.fields.every((field) => 'why' in field)).toBe(true);
	expect(opened?.fields[0]).toEqual({ name: 'subject', value: 'Hello' });
	await device.sync(service);
	const update = newRow({
		type: 'Note',
		id: NOTE,
		kind: 'UPDATE',
		expectedRevision: 1,
		values: { title: 'x' },
		current: old,
	});
	expect(await refusal(device.vault.seal([update]))).toBe('row-older');
});

it('two contents of one revision are refused', async () => {
	const { service, anna, cara } = await someFirm();
	const [author, reader] = [await anna(), await cara()];
	const other = service.copy();
	for (const [each, body] of [
		[service, 'one'],
		[other, 'two'],
	] as const) {
		const update = change(each, NOTE, { body });
		const [sealed] = await author.vault.seal([update]);
		if (sealed) each.store(update, sealed);
	}
	const [first, second] = await reader.read(service.record(NOTE), other.record(NOTE));
	expect(first?.fields[1]).toEqual({ name: 'body', value: 'one' });
	expect(second?.fields[1]).toEqual({ name: 'body', why: expect.stringContaining('two different contents') });
});

it('columns of two revisions are not mixed', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const { title } = row(service, NOTE).fields;
	await secondRevision(service, device);
	await expectOneClosed(device, withFields(service.record(NOTE), { title: title as string }), 'title', MOVED);
});

it('a column that is nulled is refused, and so is one that is filled', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	await expectOneClosed(device, withFields(service.record(NOTE), { body: null }), 'body', 'was emptied');
	const { body } = row(service, NOTE).fields;
	await expectOneClosed(device, withFields(service.record(CARAS_NOTE), { body: body as string }), 'body', 'was filled');
});

it('an envelope of another record or column is refused', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const { title, body } = row(service, NOTE).fields as { title: string; body: string };
	await expectOneClosed(device, withFields(service.record(CARAS_NOTE), { title }), 'title', MOVED);
	await expectClosed(device, withFields(service.record(NOTE), { title: body, body: title }), MOVED);
});

it('an envelope in another place does not open, though a member stamped it there', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const keys = await stolenKeys(device);
	const { title, body } = row(service, NOTE).fields as { title: string; body: string };
	for (const [id, fields] of [
		[CARAS_NOTE, { title, body }],
		[NOTE, { title: body, body: title }],
	] as const) {
		const bytes = { title: fromBase64(fields.title), body: fromBase64(fields.body) };
		const moved = await stampedAgain({ ...row(service, id), fields }, keys, {
			revision: 9,
			columns: await hashColumns(bytes),
		});
		await expectClosed(device, recordOf(moved), 'belongs elsewhere');
	}
});

it('another record in answer to an id is refused', async () => {
	const { service, cara } = await someFirm();
	await expectClosed(
		await cara(),
		{ ...service.record(CARAS_NOTE), requestedId: NOTE },
		'another record than you asked for',
	);
	await expectClosed(
		await cara(),
		{ ...service.record(CARAS_NOTE), id: NOTE, requestedId: NOTE },
		'that of another record',
	);
});

it('a record of another firm, type or class is refused', async () => {
	const { service, anna, cara } = await someFirm();
	const device = await cara();
	const note = service.record(NOTE);
	await expectClosed(device, { ...note, firm: OTHER_FIRM }, 'another firm');
	const foreign = await stampedAgain(row(service, NOTE), await stolenKeys(await anna()), { firm: OTHER_FIRM });
	await expectClosed(device, recordOf(foreign), 'that of another record');
	const comment = {
		...note,
		type: 'Comment',
		fields: [{ name: 'text', envelope: row(service, NOTE).fields.title as string }],
	};
	await expectClosed(device, comment, 'that of another record');
	await expectClosed(device, { ...note, type: 'toString' }, 'type that this application does not know');
	await expectClosed(
		device,
		{ ...note, fields: [{ name: 'constructor', envelope: null }] },
		'field that this application does not know',
	);
});

it('a record of a class that the log leaves to the platform, or that the device may not read, is refused', async () => {
	const { service, anna, cara } = await someFirm();
	const entry = { ...service.record(NOTE), type: 'TimeEntry', fields: [{ name: 'description', envelope: null }] };
	await expectClosed(await cara(), entry, 'the service keeps this content');
	const owner = await anna();
	await owner.send(service, await owner.vault.restrictMembers({ classes: ['COMMUNICATION'] }));
	const member = await cara();
	await expectClosed(member, service.record(NOTE), 'may not read');
	expect(await refusal(member.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('not-entitled');
});

it('a plain value, one that the platform sealed, and any changed bit are refused', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const title = row(service, NOTE).fields.title as string;
	const firstSuite = respelled(title, (bytes) => bytes.with(1, 1));
	const lies = [
		'',
		btoa('Plan'),
		'Plan',
		firstSuite,
		respelled(title, (bytes) => flipped(bytes, 8 * bytes.length - 1)),
	];
	for (const lie of lies) {
		await expectOneClosed(device, withFields(service.record(NOTE), { title: lie }), 'title', '');
	}
	const keys = await stolenKeys(device);
	for (const [at, lie] of lies.filter((each) => each !== 'Plan').entries()) {
		const columns = await hashColumns({ title: fromBase64(lie), body: null });
		const stamped = await stampedAgain({ ...row(service, NOTE), fields: { title: lie, body: null } }, keys, {
			revision: 9 + at,
			columns,
		});
		const [opened] = await device.read(recordOf(stamped));
		expect(opened?.fields[0]).toEqual({ name: 'title', why: expect.stringContaining('was not opened') });
	}
});

it('a stamp that its author did not sign, or that is malformed, is refused', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const note = row(service, NOTE);
	const { signature } = parseStamp(note.stamp);
	const changed = note.stamp.replace('"revision":1', '"revision":2');
	await expectClosed(device, recordOf({ ...note, stamp: changed }), 'not that of its author');
	const other = note.stamp.replace(
		signature,
		respelled(signature, (bytes) => flipped(bytes, 3)),
	);
	await expectClosed(device, recordOf({ ...note, stamp: other }), 'not that of its author');
	await expectClosed(device, recordOf(await stampedAgain(note, await someDevice(), {})), 'not allowed to write');
	await expectClosed(device, recordOf({ ...note, stamp: '{}' }), 'malformed');
	await expectClosed(device, recordOf({ ...note, stamp: ` ${note.stamp}` }), 'malformed');
});

it('a stamp at a head that the device does not have is refused', async () => {
	const { service, anna, cara } = await someFirm();
	const keys = await stolenKeys(await anna());
	const entry = await forgedEntry(service.log as KeyLog, keys, 'member.add', { name: 'ab'.repeat(32), person: NOTE });
	const { hash } = await readEntry(entry);
	const ahead = await stampedAgain(row(service, NOTE), keys, { head: hash, revision: 2 });
	await expectClosed(await cara(), recordOf(ahead), 'does not have. Reload');
});

it('a stamp with another generation is refused', async () => {
	const { service, anna, cara } = await someFirm();
	const keys = await stolenKeys(await anna());
	for (const generation of [1, 3]) {
		const lie = await stampedAgain(row(service, NOTE), keys, { generation, revision: 2 });
		await expectClosed(await cara(), recordOf(lie), 'another time of its sharing');
	}
});

it('an envelope of a generation that the record never had does not open, though a member sealed and stamped it', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const keys = await stolenKeys(device);
	const place = { firm: FIRM, class: 'NOTE', table: 'notes', row: NOTE, generation: 3 };
	const key = await deriveRecordKey(await dataKeyOf(service, keys, 'NOTE'), place);
	const record = await prepareRecord(key, { ...place, version: 1 });
	const title = await sealRecordField(record, { column: 'title', type: 'String', value: 'Forged' });
	const columns = await hashColumns({ title, body: null });
	const lie = { ...row(service, NOTE), fields: { title: toBase64(title), body: null } };
	const [opened] = await device.read(recordOf(await stampedAgain(lie, keys, { revision: 2, columns })));
	expect(opened?.fields[0]).toEqual({ name: 'title', why: expect.stringContaining('does not allow for it') });
});

it('a stamp of a sub-log is refused, because this device does not read it', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const stamped = await stampedAgain(row(service, NOTE), await stolenKeys(device), { log: NOTE, revision: 2 });
	await expectClosed(device, recordOf(stamped), 'client portal');
});

it('after the end of a share, what was sealed for it stays, and new writes use another key', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	const body = { records: [{ class: 'NOTE', row: NOTE, table: 'notes' }], share: NOTE };
	const ended = await forgedEntry(service.log as KeyLog, await stolenKeys(owner), 'share.end', body);
	await service.append({ entries: [ended], wraps: [], names: [], shares: [] });
	await member.sync(service);
	expect((await member.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
	await secondRevision(service, member);
	expect(parseStamp(row(service, NOTE).stamp).generation).toBe(service.entries.length - 1);
	await owner.sync(service);
	expect((await owner.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan B' });
	const old = await stampedAgain(row(service, NOTE), await stolenKeys(member), { generation: 0, revision: 9 });
	await expectClosed(owner, recordOf(old), 'another time of its sharing');
});

it('a stamp by someone who was removed is refused; one from before is marked, unless the device has seen it', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second, member] = [await anna(), await bert(), await cara()];
	const keys = await stolenKeys(member);
	await second.read(service.record(CARAS_NOTE));
	await owner.send(service, await owner.vault.removeMember({ person: CARA }));
	await second.sync(service);
	const head = (service.log as KeyLog).head;
	const late = await stampedAgain(row(service, CARAS_NOTE), keys, { head, revision: 2 });
	await expectClosed(owner, recordOf(late), 'not allowed to write');
	expect((await owner.read(service.record(CARAS_NOTE)))[0]).toMatchObject({
		isAuthorInactive: true,
		fields: [{ value: 'Second' }, { value: null }],
	});
	expect((await second.read(service.record(CARAS_NOTE)))[0]).toMatchObject({ isAuthorInactive: false });
	const backdated = await stampedAgain(row(service, CARAS_NOTE), keys, { revision: 2 });
	expect((await second.read(recordOf(backdated)))[0]).toMatchObject({ isAuthorInactive: true });
	expect(await refusal(member.sync(service))).toBe('done');
	expect(await refusal(member.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('device-inactive');
	await expectClosed(member, service.record(NOTE), 'may not read');
});

it('a version that was retired opens nothing, and stamps from before the oldest that is left are refused', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second, member] = [await anna(), await bert(), await cara()];
	const old = row(service, NOTE);
	await owner.send(service, await owner.vault.generateKey({ class: 'NOTE', above: 0 }));
	await member.sync(service);
	await secondRevision(service, member);
	const proposal = await owner.vault.propose({ what: 'RETIRE', class: 'NOTE', version: 1 });
	await second.sync(service);
	const approval = await second.vault.agree(proposal);
	await owner.send(service, await owner.vault.complete({ proposal, approval }));
	expect((await owner.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan B' });
	expect((await second.read(recordOf(old)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan' });
	await second.sync(service);
	await expectClosed(second, recordOf(old), 'that the firm has retired');
	const again = await stampedAgain(old, await stolenKeys(owner), { head: (service.log as KeyLog).head, revision: 3 });
	await expectClosed(second, recordOf(again), 'does not allow for it');
});

it('a version that is younger than its stamp is refused', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	const { head } = service.log as KeyLog;
	await owner.send(service, await owner.vault.generateKey({ class: 'NOTE', above: 0 }));
	await member.sync(service);
	await secondRevision(service, member);
	const backdated = await stampedAgain(row(service, NOTE), await stolenKeys(member), { head });
	await expectClosed(owner, recordOf(backdated), 'does not allow for it');
});

it('a high revision by someone who was removed does not lock the row, and is marked', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second, member] = [await anna(), await bert(), await cara()];
	const keys = await stolenKeys(member);
	const { head } = service.log as KeyLog;
	await owner.send(service, await owner.vault.removeMember({ person: CARA }));
	await second.sync(service);
	const forged = recordOf(await stampedAgain(row(service, NOTE), keys, { revision: 2 ** 50, head }));
	expect((await second.read(forged))[0]).toMatchObject({ isAuthorInactive: true });
	const good = service.record(NOTE);
	expect((await second.read(good))[0]).toMatchObject({ isAuthorInactive: false, fields: [{ value: 'Plan' }, {}] });
	await second.vault.lock();
	await second.unlock();
	await second.sync(service);
	await second.write(service, change(service, NOTE, { title: 'Plan B' }));
	expect((await second.read(service.record(NOTE)))[0]?.fields[0]).toEqual({ name: 'title', value: 'Plan B' });
	await expectClosed(second, good, 'older than one that you have already seen');
});

it('a stamp from before by someone who may not read the class any more is marked', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second, member] = [await anna(), await bert(), await cara()];
	const keys = await stolenKeys(member);
	const { head } = service.log as KeyLog;
	await owner.send(service, await owner.vault.restrictMembers({ classes: ['COMMUNICATION'] }));
	await second.sync(service);
	const late = recordOf(await stampedAgain(row(service, NOTE), keys, { revision: 2, head }));
	expect((await second.read(late))[0]).toMatchObject({ isAuthorInactive: true });
});
