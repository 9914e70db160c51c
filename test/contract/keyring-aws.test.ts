import { describe, inject, it, vi } from 'vitest';
import { openAwsKeyring } from '../../src/adapters/keyring-aws/index.ts';
import { guardKeyring, type KeyringPrincipal } from '../../src/keys/index.ts';
import { MOTO_REGION, newMotoAccount } from '../support/moto.ts';
import { keyringContract } from './keyring-contract.ts';
import { rightsContract } from './rights-contract.ts';

const { moto } = inject('clouds');
const NAME = 'aws-kms (moto)';

/** test/aws/keyring-gaps.test.ts checks that each gap exists. */
const STATE = 'moto uses a key in any state';
const GRANT = 'moto lets everyone use every key, with or without a grant';

/** A separate account for each test, with the keyring of each kind of process. */
async function newAccount() {
	vi.stubEnv('AWS_ACCESS_KEY_ID', 'anyone');
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'anything');
	const { roles } = newMotoAccount();
	const open = (principal: KeyringPrincipal) =>
		guardKeyring(openAwsKeyring({ region: MOTO_REGION, endpoints: { kms: moto, sts: moto }, principal, roles }));
	return {
		firm: open('firm'),
		operator: open('operator'),
		broker: open('broker'),
		worker: open('worker'),
		signer: open('signer'),
	};
}

if (moto) {
	keyringContract(NAME, newAccount, {
		'refuses everything while the key is disabled, and unwraps again once it is enabled': STATE,
		'refuses everything while a deletion is pending, and leaves the key disabled if it is cancelled': STATE,
		'creates no grant under a disabled key, but still revokes grants': STATE,
		'creates no grant while a deletion is pending, but still lists and revokes grants': STATE,
		'unwraps for an operator only while a grant for that firm and class exists': GRANT,
		'creates a grant again under a revoked name': GRANT,
		'unwraps with the remaining grant if one of two for the same class is revoked': GRANT,
	});
	rightsContract(NAME, newAccount, {
		'an operator’s plane has the platform’s RIGHTS key, and none of a firm': GRANT,
		'a grant never gives an operator’s plane the RIGHTS key of a firm': GRANT,
		'no one has the platform’s RIGHTS key while it is disabled': STATE,
	});
} else {
	describe('keyring contract: aws-kms (skipped: moto_server is not installed)', () =>
		it.skip('every test of the contract'));
}
