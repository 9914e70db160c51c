import { expect, it } from 'vitest';
import { type KeyLog, makeStatement, parseStamp } from '../../../src/custody/index.ts';
import { FIRM, flipped, respelled, someDevice } from '../../custody/some.ts';
import { answers, forgedEntry, refusal, row, stampedAgain, stolenKeys, withFields } from './attacker.ts';
import { ANNA, CARA, CARAS_NOTE, change, MESSAGE, NOTE, newRow, OTHER_THREAD, someFirm, THREAD } from './firm.ts';
import { recordOf } from './in-memory-api.ts';

it('the service cannot have a message sealed under the key of another thread', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const lie = { ...service.record(MESSAGE), thread: OTHER_THREAD };
	expect(await answers(device, lie)).toEqual([expect.stringContaining('belongs elsewhere')]);
	const update = { ...change(service, MESSAGE, { body: 'Secret' }), current: lie };
	expect(await refusal(device.vault.seal([update]))).toBe('value-invalid');
	expect(await refusal(device.vault.seal([{ ...update, thread: THREAD }]))).toBe('value-invalid');
	const honest = change(service, MESSAGE, { body: 'Secret' });
	expect(await refusal(device.vault.seal([{ ...honest, thread: OTHER_THREAD }]))).toBe('row-thread');
	await device.write(service, { type: 'Message', id: OTHER_THREAD, thread: THREAD, values: {} });
	const empty = {
		...change(service, OTHER_THREAD, { body: 'Secret' }),
		current: { ...service.record(OTHER_THREAD), thread: OTHER_THREAD },
	};
	expect(await refusal(device.vault.seal([empty]))).toBe('row-thread');
});

it('an update of a row that does not verify is not sealed', async () => {
	const { service, anna, cara } = await someFirm();
	const device = await cara();
	const update = change(service, NOTE, { body: 'x' });
	const current = service.record(NOTE);
	const stranger = await stampedAgain(row(service, NOTE), await someDevice(), { revision: 2 });
	const extra = await stampedAgain(row(service, NOTE), await stolenKeys(await anna()), {
		revision: 2,
		columns: { ...parseStamp(current.stamp).columns, secret: null },
	});
	const lies = [
		[{ ...update, current: recordOf(stranger) }, 'row-author'],
		[{ ...update, current: service.record(CARAS_NOTE) }, 'row-id'],
		[{ ...update, current: { ...current, type: 'Comment' } }, 'row-to-seal'],
		[{ ...update, current: null }, 'row-to-seal'],
		[{ ...update, expectedRevision: 0 }, 'row-changed'],
		[{ ...update, expectedRevision: 2, current: recordOf(extra) }, 'row-unknown-column'],
		[{ ...update, values: { secret: 'x' } }, 'row-to-seal'],
		[{ ...update, id: 'x' }, 'row-to-seal'],
		[{ ...update, type: 'Nothing' }, 'row-to-seal'],
		[newRow({ type: 'TimeEntry', id: NOTE, values: { description: 'x' } }), 'platform-custody'],
		[newRow({ type: 'Note', id: NOTE, values: { title: 1 } }), 'text'],
	] as const;
	for (const [lie, why] of lies) expect(await refusal(device.vault.seal([lie]))).toContain(why);
	expect(await refusal(device.vault.seal([update]))).toBe('done');
});

it('an older row under a revision that the service names is changed, and stays older', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const update = { ...change(service, NOTE, { body: 'x' }), expectedRevision: 900 };
	const [sealed] = await device.vault.seal([update]);
	expect(parseStamp(sealed?.stamp as string).revision).toBe(parseStamp(service.record(NOTE).stamp).revision + 1);
});

it('a damaged value neither stops the update that replaces it nor changes what is stamped of it', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const { title } = row(service, NOTE).fields;
	const damaged = withFields(service.record(NOTE), { title: null });
	await device.write(service, { ...change(service, NOTE, { body: 'x' }), current: damaged });
	expect((await device.read(service.record(NOTE)))[0]?.fields).toMatchObject([{ value: 'Plan' }, { value: 'x' }]);
	const mixed = withFields(service.record(NOTE), { title: respelled(title as string, (bytes) => flipped(bytes, 500)) });
	await device.write(service, { ...change(service, NOTE, { title: 'Again' }), current: mixed });
	expect((await device.read(service.record(NOTE)))[0]?.fields).toMatchObject([{ value: 'Again' }, { value: 'x' }]);
});

it('one row that cannot be sealed leaves all of a mutation unsealed', async () => {
	const { service, cara } = await someFirm();
	const device = await cara();
	const good = change(service, NOTE, { body: 'x' });
	expect(await refusal(device.vault.seal([good, { ...good, expectedRevision: 0 }]))).toBe('row-changed');
});

it('nothing is sealed under a stale key', async () => {
	const { service, anna, cara } = await someFirm();
	const [owner, member] = [await anna(), await cara()];
	const keys = await stolenKeys(owner);
	const place = { firm: FIRM, genesis: (service.log as KeyLog).genesis, person: ANNA };
	const second = await someDevice();
	const device = await makeStatement(second, 'DEVICE', place);
	const bare = { wraps: [], names: [], shares: [] };
	const added = await forgedEntry(service.log as KeyLog, keys, 'device.add', { device, person: ANNA });
	await service.append({ entries: [added], ...bare });
	const revoked = await forgedEntry(service.log as KeyLog, keys, 'device.revoke', { devices: [second.id] });
	await service.append({ entries: [revoked], ...bare });
	await member.sync(service);
	expect(await refusal(member.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('key-stale');
	await owner.sync(service);
	await owner.send(service, await owner.vault.renewKeys());
	await member.sync(service);
	expect(await refusal(member.vault.seal([newRow({ type: 'Note', id: NOTE })]))).toBe('done');
});

it('an update over a row of someone who was removed keeps the mark until all values are new', async () => {
	const { service, anna, bert, cara } = await someFirm();
	const [owner, second, member] = [await anna(), await bert(), await cara()];
	const keys = await stolenKeys(member);
	const { head } = service.log as KeyLog;
	await owner.send(service, await owner.vault.removeMember({ person: CARA }));
	await second.sync(service);
	const forged = await stampedAgain(row(service, NOTE), keys, { revision: 2, head });
	service.rows.set(NOTE, { ...forged, revision: 2 });
	await second.write(service, change(service, NOTE, { title: 'Plan B' }));
	expect((await owner.read(service.record(NOTE)))[0]).toMatchObject({
		isAuthorInactive: true,
		fields: [{ value: 'Plan B' }, { value: 'First draft' }],
	});
	await owner.write(service, change(service, NOTE, { title: 'Plan C' }));
	expect((await second.read(service.record(NOTE)))[0]).toMatchObject({ isAuthorInactive: true });
	await owner.write(service, change(service, NOTE, { title: 'Plan D', body: 'Second draft' }));
	expect((await second.read(service.record(NOTE)))[0]).toMatchObject({ isAuthorInactive: false });
});

it('an update over a row that the device saw before its author was removed has no mark', async () => {
	const { service, anna, bert } = await someFirm();
	const [owner, second] = [await anna(), await bert()];
	await second.read(service.record(CARAS_NOTE));
	await owner.send(service, await owner.vault.removeMember({ person: CARA }));
	await second.sync(service);
	await second.write(service, change(service, CARAS_NOTE, { body: 'More' }));
	expect((await owner.read(service.record(CARAS_NOTE)))[0]).toMatchObject({ isAuthorInactive: false });
});
