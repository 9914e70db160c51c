import { expect, it } from 'vitest';
import { CONTENT_TYPES } from '../../../src/client/coordinates.generated.ts';
import { createVault } from '../../../src/client/vault/index.ts';
import { FIRM } from '../../custody/some.ts';
import { refusal } from './attacker.ts';
import { CARA, Device, decide, join, NOTE, newRow, someFirm } from './firm.ts';
import type { InMemoryApi } from './in-memory-api.ts';
import { MemoryStore } from './memory-store.ts';
import type { SteppedTime } from './stepped-time.ts';

const [OLDER, NEWER] = ['1'.repeat(64), '2'.repeat(64)] as const;
const NEW_NOTE = newRow({ type: 'Note', id: NOTE, values: { title: 'New' } });

/** The same device in a page of a release, with why it cannot use the newest log. */
async function inRelease(device: Device, time: SteppedTime, service: InMemoryApi, release: string) {
	const vault = createVault({ store: device.store, clock: time, types: CONTENT_TYPES, release });
	const same = new Device(device.name, device.person, device.store, time, vault);
	const { log } = await same.unlock();
	const why = await refusal(same.vault.extend(await service.served(log?.size)));
	return Object.assign(same, { why });
}

async function trustNewer(service: InMemoryApi, anna: Device, bert: Device): Promise<void> {
	await decide(service, anna, bert, { what: 'RELEASES', manifests: [NEWER] });
}

it('a service that serves an older release of the application than the firm trusts is refused: nothing opens', async () => {
	const { service, time, ...firm } = await someFirm();
	const [anna, bert, cara] = [await firm.anna(), await firm.bert(), await firm.cara()];
	const older = await inRelease(cara, time, service, OLDER);
	expect((await older.read(service.record(NOTE)))[0]?.fields).toContainEqual({ name: 'title', value: 'Plan' });

	await trustNewer(service, anna, bert);
	expect(await refusal(older.vault.extend(await service.served()))).toBe('release-other');
	expect(await older.vault.state()).toMatchObject({ trustedReleases: [NEWER], isReleaseTrusted: false });
	expect(await refusal(older.read(service.record(NOTE)))).toBe('release-other');
	expect(await refusal(older.vault.seal([NEW_NOTE]))).toBe('release-other');

	await older.vault.lock();
	const again = await inRelease(cara, time, service, NEWER);
	expect(again.why).toBe('done');
	expect((await again.read(service.record(NOTE)))[0]?.fields).toContainEqual({ name: 'title', value: 'Plan' });
});

it('a release that the firm does not trust joins no new device, and decides nothing', async () => {
	const { service, time, ...firm } = await someFirm();
	const [anna, bert, cara] = [await firm.anna(), await firm.bert(), await firm.cara()];
	await trustNewer(service, anna, bert);
	await cara.sync(service);

	const vault = createVault({ store: new MemoryStore(), clock: time, types: CONTENT_TYPES, release: OLDER });
	const joining = new Device('second', CARA, new MemoryStore(), time, vault);
	await vault.create({ name: joining.name, firm: FIRM, person: CARA, unlock: joining.secret });
	await joining.unlock();
	expect(await refusal(join(service, cara, joining))).toBe('release-other');
	expect((await joining.vault.state()).log).toBeNull();

	const owner = await inRelease(bert, time, service, OLDER);
	expect(owner.why).toBe('release-other');
	expect(await refusal(owner.vault.propose({ what: 'RELEASES', manifests: [OLDER, NEWER] }))).toBe('release-other');
});

it('a firm that trusts no releases in particular, or a program that is not of the pages, is as before', async () => {
	const { service, time, ...firm } = await someFirm();
	const cara = await inRelease(await firm.cara(), time, service, OLDER);
	expect((await cara.vault.state()).trustedReleases).toBeNull();
	expect((await cara.read(service.record(NOTE)))[0]?.fields).toContainEqual({ name: 'title', value: 'Plan' });

	const [anna, bert] = [await firm.anna(), await firm.bert()];
	await trustNewer(service, anna, bert);
	expect((await anna.read(service.record(NOTE)))[0]?.fields).toContainEqual({ name: 'title', value: 'Plan' });
});

it('what two owners sign names each release, and says if none is left', async () => {
	const { anna } = await someFirm();
	const { vault } = await anna();
	const { summary } = await vault.propose({ what: 'RELEASES', manifests: [NEWER, OLDER] });
	expect(summary).toContain(`${OLDER}, ${NEWER}`);
	expect((await vault.propose({ what: 'RELEASES', manifests: [] })).summary).toContain('no page can open anything');
	expect(await refusal(vault.propose({ what: 'RELEASES', manifests: ['no hash'] }))).toBe('proposal');
});
