import { expect, it, vi } from 'vitest';
import { VaultError } from '../../../src/client/vault/vault-error.ts';
import { worded, wordedRecords } from '../../../src/client/vault/worded.ts';

vi.mock('../../../src/client/vault/vault-sentences.ts', () => {
	throw new Error('The network is down.');
});

it('a refusal stays one, with its code and reason, if its sentence does not load', async () => {
	const told = await worded(new VaultError('row-older'));
	expect(told).toBeInstanceOf(VaultError);
	expect(told).toMatchObject({ code: 'CIPHERTEXT_INVALID', reason: 'row-older', message: 'row-older' });
	const records = [{ fields: [{ name: 'title', why: 'row-older' }], isAuthorInactive: false }];
	expect(await wordedRecords(records)).toEqual(records);
});
