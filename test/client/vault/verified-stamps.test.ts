import { expect, it, onTestFinished, vi } from 'vitest';
import { parseStamp, stampHash } from '../../../src/custody/index.ts';
import { flipped, respelled } from '../../custody/some.ts';
import { answers, refusal, row, stampedAgain, stolenKeys } from './attacker.ts';
import { CARA, CARAS_NOTE, type Device, NOTE, someFirm } from './firm.ts';
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

/** Locks and unlocks: nothing is left in memory. */
async function unlockAgain(device: Device, verified: () => number): Promise<void> {
	await device.vault.lock();
	await device.unlock();
	verified();
}

it('the signature of a row is verified once: later its stamp is the one whose hash the device keeps', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const records = [service.record(NOTE), service.record(CARAS_NOTE)];
	const verified = verifications();
	const opened = await device.read(...records);
	expect(verified()).toBe(2);
	expect(await device.read(...records)).toEqual(opened);
	expect(verified()).toBe(0);
	await unlockAgain(device, verified);
	expect(await device.read(...records)).toEqual(opened);
	expect(verified()).toBe(0);
});

it('the signature of a stamp that is newer than the one that is kept is verified', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	const keys = await stolenKeys(member);
	await owner.read(service.record(CARAS_NOTE));
	const verified = verifications();
	await unlockAgain(owner, verified);
	const newer = recordOf(await stampedAgain(row(service, CARAS_NOTE), keys, { revision: 2 }));
	expect((await owner.read(newer))[0]).toMatchObject({ fields: [{ value: 'Second' }, {}] });
	expect(verified()).toBe(1);
});

it('a kept hash that was exchanged in the store for that of a forged stamp opens nothing', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const note = row(service, NOTE);
	await device.read(service.record(NOTE));
	const { signature } = parseStamp(note.stamp);
	const forged = note.stamp.replace(
		signature,
		respelled(signature, (bytes) => flipped(bytes, 3)),
	);
	const [hash, other] = await Promise.all([stampHash(note.stamp), stampHash(forged)]);
	await unlockAgain(device, () => 0);
	let exchanged = 0;
	for (const [name, bytes] of device.store.kept) {
		const text = Buffer.from(bytes).toString('latin1');
		if (!text.includes(hash)) continue;
		device.store.kept.set(name, Uint8Array.from(Buffer.from(text.replace(hash, other), 'latin1')));
		exchanged++;
	}
	expect(exchanged).toBe(1);
	expect(await refusal(device.read(recordOf({ ...note, stamp: forged })))).toBe('kept-changed');
});

it.each(['while it is unlocked', 'after it was locked'])(
	'a stamp with one character changed is verified, though the device read the whole one, and refused %s',
	async (when) => {
		const { service, cara } = await someFirm();
		const device = await cara();
		const note = row(service, NOTE);
		await device.read(service.record(NOTE));
		if (when === 'after it was locked') await unlockAgain(device, () => 0);
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
	},
);

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
