import { Encrypter } from 'age-encryption';
import { expect, it } from 'vitest';
import { CONTENT_TYPES } from '../../../src/client/coordinates.generated.ts';
import { createVault } from '../../../src/client/vault/index.ts';
import { encodeDeviceFile, generateSeed } from '../../../src/custody/index.ts';
import { FIRM } from '../../custody/some.ts';
import { refusal } from './attacker.ts';
import { ANNA, BERT } from './firm.ts';
import { MemoryStore } from './memory-store.ts';
import { SteppedTime } from './stepped-time.ts';

const PASSPHRASE = 'correct horse battery staple';
const open = { name: 'laptop', unlock: { passphrase: PASSPHRASE } };

function newVault() {
	const store = new MemoryStore();
	return { store, vault: createVault({ store, clock: new SteppedTime(), types: CONTENT_TYPES }) };
}

it('a device file with less or more work than the format allows is refused before any work', async () => {
	const { store, vault } = newVault();
	const prf = { prf: new Uint8Array(32) };
	await vault.create({ name: 'laptop', firm: FIRM, person: ANNA, unlock: prf });
	const zeros = '0'.repeat(64);
	const place = { firm: FIRM, person: ANNA, kind: 'DEVICE' as const, genesis: zeros, seq: 0, head: zeros };
	const encrypter = new Encrypter();
	encrypter.setPassphrase(PASSPHRASE);
	encrypter.setScryptWorkFactor(10);
	const weak = await encrypter.encrypt(encodeDeviceFile({ ...place, seed: generateSeed() }));
	const latin1 = Array.from(weak, (byte) => String.fromCharCode(byte)).join('');
	const asBytes = (text: string): Uint8Array => Uint8Array.from(text, (each) => each.charCodeAt(0));
	const lies = [
		weak,
		asBytes(latin1.replace(/ 10\n/, ' 30\n')),
		asBytes(latin1.replace(/ 10\n/, ' 21\n')),
		asBytes(latin1.replace(/ 10\n/, ' 017\n')),
		new Uint8Array(200),
		new Uint8Array(0),
		store.kept.get('laptop/device') as Uint8Array,
	];
	for (const lie of lies) {
		store.kept.set('laptop/device', lie);
		expect(await refusal(vault.unlock(open))).toBe('device-file');
	}
});

it('a device file of another firm or person is refused, and so are secrets that are none', async () => {
	const { store, vault } = newVault();
	const prf = { prf: new Uint8Array(32).fill(7) };
	await vault.create({ name: 'laptop', firm: FIRM, person: ANNA, unlock: prf });
	await vault.create({ name: 'other', firm: FIRM, person: BERT, unlock: prf });
	store.kept.set('laptop/device', store.kept.get('other/device') as Uint8Array);
	expect(await refusal(vault.unlock({ name: 'laptop', unlock: prf }))).toBe('does-not-unlock');
	for (const unlock of [{ passphrase: 'short' }, { prf: new Uint8Array(31) }, { passphrase: 1 as never }]) {
		expect(await refusal(vault.unlock({ name: 'laptop', unlock }))).toBe('unlock');
		expect(await refusal(vault.create({ name: 'new', firm: FIRM, person: ANNA, unlock }))).toBe('unlock');
	}
	expect(prf.prf[0]).toBe(7);
});
