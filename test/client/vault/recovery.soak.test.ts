import { expect, it } from 'vitest';
import type { VaultOperations } from '../../../src/client/vault/index.ts';
import type { KeyLog } from '../../../src/custody/index.ts';
import { answers, refusal } from './attacker.ts';
import { ANNA, BERT, CARA, Device, decide, NOTE, newRow, someFirm } from './firm.ts';
import type { InMemoryApi } from './in-memory-api.ts';

type Share = InMemoryApi['shares'][number];
type Released = Awaited<ReturnType<VaultOperations['releaseShare']>>;

const NEW_NOTE = newRow({ type: 'Note', id: NOTE });

/** What the service gives to someone who recovers. */
async function forRecovery(service: InMemoryApi, person = ANNA) {
	const recovery = (service.log as KeyLog).people.get(person)?.ways[0]?.id as string;
	return { log: await service.served(), wraps: service.wrapsFor(recovery) };
}

it('owners give a colleague who has lost everything a way back in, each with the code compared', async () => {
	const { service, time, anna, bert, cara } = await someFirm();
	const [owner, second, member] = [await anna(), await bert(), await cara()];
	await decide(service, owner, second, { what: 'ROLE', person: CARA, role: 'OWNER' });
	await member.sync(service);
	const { proposal, code } = await owner.vault.setRecovery({ code: false, owners: { holders: [CARA, BERT], k: 2 } });
	expect(code).toBeNull();
	expect(proposal.shares).toHaveLength(2);
	const approval = await second.vault.agree(proposal);
	await owner.send(service, await owner.vault.complete({ proposal, approval }));
	await second.sync(service);
	await member.sync(service);
	const device = await Device.make('new', ANNA, time);
	const shares: Released[] = [];
	for (const holder of [second, member]) {
		const { commitment } = await device.vault.joinCommit();
		const challenge = await holder.vault.answerJoin({ person: ANNA, commitment });
		const { code: shown, ...revealed } = await device.vault.joinChallenge(challenge);
		const id = await holder.id();
		const own = service.shares.find(({ recipient }) => recipient === id) as Share;
		expect(await refusal(holder.vault.releaseShare(own))).toBe('joining-order');
		expect((await holder.vault.checkJoin(revealed)).code).toBe(shown);
		const others = service.shares.find(({ recipient }) => recipient !== id) as Share;
		expect(await refusal(holder.vault.releaseShare(others))).not.toBe('done');
		expect(await refusal(holder.vault.releaseShare({ ...own, person: BERT }))).toBe('joining-order');
		expect(await refusal(holder.vault.releaseShare({ ...own, device: 'ab'.repeat(32) }))).toBe('recovery-none');
		shares.push(await holder.vault.releaseShare(own));
	}
	const served = await forRecovery(service);
	const [one, two] = shares as [Released, Released];
	const attempt = (given: Released[]): Promise<string> =>
		refusal(device.vault.combineShares({ shares: given, ...served }));
	expect(await attempt([one])).not.toBe('done');
	expect(await attempt([one, one])).not.toBe('done');
	expect(await attempt([{ ...one, releasedBy: two.releasedBy }, two])).not.toBe('done');
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
