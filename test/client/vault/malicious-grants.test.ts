import { expect, it } from 'vitest';
import {
	beginningOf,
	composeSubLogEntry,
	type DeviceKeys,
	deriveRecordKeyBytes,
	hashColumns,
	importRecordKey,
	type KeyLog,
	makeStatement,
	prepareRecord,
	sealRecordField,
	sealRecordWrap,
} from '../../../src/custody/index.ts';
import { FIRM, someDevice, toBase64 } from '../../custody/some.ts';
import { answers, dataKeyOf, forgedEntry, refusal, row, stampedAgain, stolenKeys, withFields } from './attacker.ts';
import { change, type Device, MESSAGE, NOTE, someFirm, THREAD } from './firm.ts';
import { type InMemoryApi, recordOf, type StoredRow } from './in-memory-api.ts';

const RECORD = { firm: FIRM, class: 'NOTE', table: 'notes', row: NOTE, generation: 0 };
const RECORDS = [{ class: 'NOTE', row: NOTE, table: 'notes' }];
const OPENED = [{ value: 'Plan' }, { value: 'First draft' }];
const HASH = 'ab'.repeat(32);

const newest = ({ log }: InMemoryApi): KeyLog => log as KeyLog;
const add = (service: InMemoryApi, entry: string) =>
	service.append({ entries: [entry], wraps: [], names: [], shares: [] });

/** The note’s key in a wrap for someone outside of the class, as an owner’s device makes it. */
async function granted(service: InMemoryApi, owner: DeviceKeys, to: DeviceKeys, purpose: 'SHARE' | 'LEASE') {
	const recordKey = await deriveRecordKeyBytes(await dataKeyOf(service, owner, 'NOTE'), RECORD);
	const under = purpose === 'SHARE' ? THREAD : `${THREAD}/${HASH}`;
	const parts = { ...RECORD, version: 1, head: newest(service).head, purpose, under, recordKey };
	return { recordKey, wrap: await sealRecordWrap({ ...parts, recipient: to.publicKeys, wrapper: owner }) };
}

/** The note with a title that someone seals under the record key that they were given. */
async function withTitle(service: InMemoryApi, recordKey: Uint8Array): Promise<StoredRow> {
	const prepared = await prepareRecord(await importRecordKey(recordKey), { ...RECORD, version: 1 });
	const title = await sealRecordField(prepared, { column: 'title', type: 'String', value: 'Forged' });
	return { ...row(service, NOTE), fields: { ...row(service, NOTE).fields, title: toBase64(title) } };
}

/** The same, with a stamp signed by `keys`. */
async function stampedBy(keys: DeviceKeys, lie: StoredRow, parts: Parameters<typeof stampedAgain>[2]) {
	const bytes = Object.entries(lie.fields).map(([name, text]) => [
		name,
		new Uint8Array(Buffer.from(text ?? '', 'base64')),
	]);
	return recordOf(
		await stampedAgain(lie, keys, { revision: 9, columns: await hashColumns(Object.fromEntries(bytes)), ...parts }),
	);
}

async function expectClosed(device: Device, record: Parameters<typeof answers>[1], why: string): Promise<void> {
	expect(await answers(device, record)).toEqual([expect.stringContaining(why)]);
}

it('a share that is grafted onto the firm opens nothing, and neither do its entries, wraps, values and stamps', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	const [keys, client] = [await stolenKeys(owner), await someDevice()];
	const device = await makeStatement(client, 'DEVICE', { firm: FIRM, genesis: '0'.repeat(64), person: NOTE });
	const body = { device, installation: 'vault.example', log: THREAD, name: HASH, person: NOTE };
	const time = '2026-12-02T08:00:00.000Z';
	const begin = await composeSubLogEntry({ log: beginningOf(FIRM), kind: 'log.begin', body, device: client, time });
	const subLog = { firm: FIRM, size: newest(service).size, head: newest(service).head };
	const next = { log: subLog, kind: 'share.begin' as const, body: { records: RECORDS }, device: client, time };
	const served = await service.served();
	for (const entry of [begin, await composeSubLogEntry(next)])
		expect(await refusal(member.vault.extend({ ...served, entries: [...served.entries, entry] }))).toMatch(
			/^log-(?:gap|refused)$/,
		);
	await add(
		service,
		await forgedEntry(newest(service), keys, 'share.begin', { head: HASH, log: THREAD, records: RECORDS, seq: 0 }),
	);
	await member.sync(service);
	const { recordKey, wrap } = await granted(service, keys, client, 'SHARE');
	const own = await granted(service, keys, await stolenKeys(member), 'SHARE');
	expect(await member.vault.addWraps([wrap, own.wrap])).toHaveLength(2);
	const lie = await withTitle(service, recordKey);
	await expectOneClosed(member, withFields(service.record(NOTE), lie.fields));
	await expectClosed(member, await stampedBy(client, lie, { log: THREAD }), 'client portal');
	await expectClosed(member, await stampedBy(client, lie, { log: null }), 'not allowed to write');
	await expectClosed(member, await stampedBy(keys, lie, { log: THREAD }), 'client portal');
	const current = await stampedBy(client, lie, { log: THREAD });
	const update = { ...change(service, NOTE, { title: 'x' }), current };
	expect(await refusal(member.vault.seal([update]))).toBe('row-portal');
	expect(await answers(member, service.record(NOTE))).toEqual(OPENED);
});

/** Only the title is refused. */
async function expectOneClosed(device: Device, record: Parameters<typeof answers>[1]): Promise<void> {
	const closed = expect.stringContaining('not the one that its author stamped');
	expect(await answers(device, record)).toEqual([closed, OPENED[1]]);
}

it('a lease that is replayed onto content in custody of the firm opens nothing: not by its grant, its wraps, or values under its key', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	const [keys, theirs, operator] = [await stolenKeys(owner), await stolenKeys(member), await someDevice()];
	const body = { device: operator.id, hash: HASH, lease: THREAD, records: RECORDS };
	const before = row(service, NOTE);
	const grant = await forgedEntry(newest(service), keys, 'lease.grant', body);
	await add(service, grant);
	const { recordKey, wrap } = await granted(service, keys, operator, 'LEASE');
	const own = await granted(service, keys, theirs, 'LEASE');
	await add(service, await forgedEntry(newest(service), keys, 'share.end', { records: RECORDS, share: THREAD }));
	await member.sync(service);
	// The grant, as it was, and signed once more by the operator, a member, and an owner.
	const again = await Promise.all(
		[operator, theirs, keys].map((by) => forgedEntry(newest(service), by, 'lease.grant', body)),
	);
	const served = await service.served();
	for (const [at, entry] of [grant, ...again].entries())
		expect(await refusal(member.vault.extend({ ...served, entries: [...served.entries, entry] }))).toBe(
			at === 0 ? 'log-gap' : 'log-refused',
		);
	await member.sync(service);
	expect(await member.vault.addWraps([wrap, own.wrap])).toHaveLength(2);
	const lie = await withTitle(service, recordKey);
	await expectOneClosed(member, withFields(service.record(NOTE), lie.fields));
	const { head } = newest(service);
	for (const origin of [null, 'PLATFORM', operator.id])
		await expectClosed(member, await stampedBy(operator, lie, { head, origin }), 'not allowed to write');
	// With the help of a member, by a stamp of the time of the lease.
	await expectClosed(member, await stampedBy(theirs, lie, { head, generation: 0 }), 'another time of its sharing');
	await member.write(service, change(service, NOTE, { title: 'Plan B' }));
	await owner.sync(service);
	expect(await answers(owner, service.record(NOTE))).toEqual([{ value: 'Plan B' }, OPENED[1]]);
	await expectClosed(owner, recordOf(before), 'older than one that you have already seen');
	expect(await answers(owner, service.record(MESSAGE))).toHaveLength(2);
});
