import { expect, it } from 'vitest';
import { CONTENT_TYPES } from '../../../src/client/coordinates.generated.ts';
import { createVault } from '../../../src/client/vault/index.ts';
import { FIRM } from '../../custody/some.ts';
import { refusal } from './attacker.ts';
import { newLogKey } from './checkpoints.ts';
import { ANNA } from './firm.ts';
import { INSTALLATION, InMemoryApi } from './in-memory-api.ts';
import { MemoryStore } from './memory-store.ts';
import { SteppedTime } from './stepped-time.ts';

// Each use of a passphrase takes half a second of work on purpose.
it('a wrong passphrase unlocks nothing, and a device that begins a log is locked once more with its place in it', async () => {
	const store = new MemoryStore();
	const time = new SteppedTime();
	const vault = createVault({ store, clock: time, types: CONTENT_TYPES });
	const right = { name: 'laptop', unlock: { passphrase: 'correct horse battery staple' } };
	const wrong = { name: 'laptop', unlock: { passphrase: 'correct horse battery stable' } };
	await vault.create({ ...right, firm: FIRM, person: ANNA });
	const before = store.kept.get('laptop/device');
	const header = new TextDecoder('latin1').decode(before).slice(0, 65);
	expect(header).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S+ 17\n/);
	expect(await refusal(vault.unlock(wrong))).toBe('does-not-unlock');
	expect(await refusal(vault.state())).toBe('locked');
	await vault.unlock(right);
	const service = new InMemoryApi(time, await newLogKey());
	await service.append(await vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	await vault.extend(await service.served());
	expect(store.kept.get('laptop/device')).not.toEqual(before);
	await vault.lock();
	expect((await vault.unlock(right)).log?.genesis).toBe(service.log?.genesis);
	expect(await refusal(vault.unlock(wrong))).toBe('does-not-unlock');
});
