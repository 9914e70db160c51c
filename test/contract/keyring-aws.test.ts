import { describe, inject, it, vi } from 'vitest';
import { openAwsKeyring } from '../../src/adapters/keyring-aws/index.ts';
import { guardKeyring, type KeyringPrincipal } from '../../src/keys/index.ts';
import { MOTO_REGION, newMotoAccount } from '../support/moto.ts';
import { keyringContract } from './keyring-contract.ts';
import { rightsContract } from './rights-contract.ts';

const { moto } = inject('clouds');
const NAME = 'aws-kms (moto)';

/** That each is so: test/aws/keyring-gaps.test.ts. */
const STATE = 'moto uses a key in any state';
const GRANT = 'moto lets everybody use every key, granted or not';

/** An account of its own for each test, as each kind of process sees it. */
async function newAccount() {
	vi.stubEnv('AWS_ACCESS_KEY_ID', 'anybody');
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
		'refuses everything while disabled, and opens again when enabled': STATE,
		'refuses everything while a deletion is pending, and comes back disabled when it is cancelled': STATE,
		'grants nothing under a key that is disabled, and takes grants all the same': STATE,
		'opens for an operator only while a grant for that firm and class exists': GRANT,
		'makes a grant again under a name that was revoked': GRANT,
		'opens by the grant that is left when one of two for the same class is revoked': GRANT,
	});
	rightsContract(NAME, newAccount, {
		'an operator’s plane has the platform’s, and no firm’s': GRANT,
		'a grant never gives an operator’s plane a firm’s': GRANT,
		'a disabled key of the platform closes its rights to everybody': STATE,
	});
} else {
	describe('keyring contract: aws-kms (skipped: moto_server is not installed)', () => it.skip('all of it'));
}
