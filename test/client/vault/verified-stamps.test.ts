import { expect, it, onTestFinished, vi } from 'vitest';
import { VerifiedStamps } from '../../../src/client/vault/verified-stamps.ts';
import { type KeyLog, parseStamp } from '../../../src/custody/index.ts';
import { flipped, respelled, someDevice, toBase64 } from '../../custody/some.ts';
import { answers, refusal, row, stampedAgain, stolenKeys } from './attacker.ts';
import { CARA, CARAS_NOTE, NOTE, someFirm } from './firm.ts';
import { recordOf } from './in-memory-api.ts';

/** The signatures that are verified from now on. */
function verifications() {
	const spy = vi.spyOn(crypto.subtle, 'verify');
	onTestFinished(() => spy.mockRestore());
	return () => {
		const count = spy.mock.calls.filter(([algorithm]) => algorithm === 'Ed25519').length;
		spy.mockClear();
		return count;
	};
}

it('the signature of a row that is read again is verified once, until the device is locked', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const records = [service.record(NOTE), service.record(CARAS_NOTE)];
	const verified = verifications();
	const opened = await device.read(...records);
	expect(verified()).toBe(2);
	expect(await device.read(...records)).toEqual(opened);
	expect(verified()).toBe(0);
	await device.vault.lock();
	await device.unlock();
	verified();
	expect(await device.read(...records)).toEqual(opened);
	expect(verified()).toBe(2);
});

it('a stamp with one character changed is verified, though the whole one was, and refused', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const note = row(service, NOTE);
	await device.read(service.record(NOTE));
	const { signature, head } = parseStamp(note.stamp);
	const other = respelled(signature, (bytes) => flipped(bytes, 3));
	const lies = [
		note.stamp.replace('"revision":1', '"revision":2'),
		note.stamp.replace(
			head,
			head.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
		),
		note.stamp.replace(signature, other),
	];
	const verified = verifications();
	for (const stamp of [...lies, ...lies]) {
		expect(await answers(device, recordOf({ ...note, stamp }))).toEqual([
			expect.stringContaining('not that of its author'),
		]);
		expect(verified()).toBe(1);
	}
	const malformed = recordOf({ ...note, stamp: ` ${note.stamp}` });
	expect(await answers(device, malformed)).toEqual([expect.stringContaining('malformed')]);
});

it('a stamp that verified is verified again, and refused, if the log has another signing key for its device', async () => {
	const { service } = await someFirm();
	const log = service.log as KeyLog;
	const { stamp } = row(service, NOTE);
	const { device } = parseStamp(stamp);
	const author = log.devices.get(device);
	const { signing } = (await someDevice()).publicKeys;
	const other = { ...author, signing: toBase64(signing) };
	const otherLog = { devices: new Map([[device, other]]) } as unknown as KeyLog;
	const stamps = new VerifiedStamps();
	expect(await refusal(stamps.read(stamp, log))).toBe('done');
	expect(await refusal(stamps.read(stamp, otherLog))).toBe('row-signature');
	expect(await refusal(stamps.read(stamp, { devices: new Map() } as unknown as KeyLog))).toBe('row-author');
	expect(await refusal(stamps.read(stamp, log))).toBe('done');
});

it('what the log says of an author is judged each time, though the stamp verified before', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	const keys = await stolenKeys(member);
	const record = recordOf(await stampedAgain(row(service, CARAS_NOTE), keys, { revision: 2 }));
	expect((await owner.read(record))[0]).toMatchObject({ isAuthorInactive: false });
	await owner.send(service, await owner.vault.removeMember({ person: CARA }));
	const verified = verifications();
	expect((await owner.read(record))[0]).toMatchObject({ isAuthorInactive: false, fields: [{ value: 'Second' }, {}] });
	expect(await answers(owner, { ...record, id: NOTE, requestedId: NOTE })).toEqual([
		expect.stringContaining('that of another record'),
	]);
	expect(await answers(owner, service.record(CARAS_NOTE))).toEqual([expect.stringContaining('older than one')]);
	// Only the older stamp, which was not read before.
	expect(verified()).toBe(1);
});
