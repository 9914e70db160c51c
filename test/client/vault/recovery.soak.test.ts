import { expect, it } from 'vitest';
import { answers, refusal } from './attacker.ts';
import { ANNA, BERT, Device, NOTE, newRow } from './firm.ts';
import { forRecovery, heldBy, heldFirm, meet, type Released, type Share } from './holders.ts';

const NEW_NOTE = newRow({ type: 'Note', id: NOTE });

it('owners give a colleague who has lost everything a way back in, each with the code compared', async () => {
	const { service, time, holders } = await heldFirm();
	expect(service.shares).toHaveLength(2);
	const device = await Device.make('new', ANNA, time);
	const shares: Released[] = [];
	for (const holder of holders) {
		const own = await heldBy(service, holder);
		expect(await refusal(holder.vault.releaseShare(own))).toBe('joining-order');
		await meet(device, holder);
		const others = service.shares.find(({ recipient }) => recipient !== own.recipient) as Share;
		expect(await refusal(holder.vault.releaseShare(others))).not.toBe('done');
		expect(await refusal(holder.vault.releaseShare({ ...own, person: BERT }))).toBe('joining-order');
		expect(await refusal(holder.vault.releaseShare({ ...own, device: 'ab'.repeat(32) }))).toBe('recovery-none');
		await device.vault.joinCompared({ isSameCode: true });
		shares.push(await holder.vault.releaseShare(own));
	}
	const served = await forRecovery(service);
	const [one, two] = shares as [Released, Released];
	const attempt = (given: Released[]): Promise<string> =>
		refusal(device.vault.combineShares({ shares: given, ...served }));
	expect(await attempt([one])).toBe('shares-other');
	expect(await attempt([one, one])).toBe('shares-other');
	expect(await attempt([{ ...one, releasedBy: two.releasedBy }, two])).toBe('shares-other');
	expect((await device.vault.state()).log).toBeNull();
	const fork = service.copy();
	await fork.show(service.entries.slice(0, -1));
	const lie = await forRecovery(fork);
	expect(await refusal(device.vault.combineShares({ shares, ...lie }))).toBe('log-unjoined');
	const recovered = await device.vault.combineShares({ shares: [two, one], ...served });
	await device.send(service, recovered.changes);
	expect(await answers(device, service.record(NOTE))).toEqual([{ value: 'Plan' }, { value: 'First draft' }]);
	expect(await refusal(device.vault.seal([NEW_NOTE]))).toBe('unconfirmed');
});
