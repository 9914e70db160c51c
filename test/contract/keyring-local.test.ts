import { newKeyring } from '../adapters/keyring-local/new-keyring.ts';
import { deletionContract, keyringContract, noOwnKeysContract } from './keyring-contract.ts';
import { rightsContract } from './rights-contract.ts';

async function newLocalKeyring() {
	let now = Date.now();
	const { open } = await newKeyring(() => new Date(now));
	return {
		worker: await open('worker'),
		broker: await open('broker'),
		operator: await open('operator'),
		passDays: (days: number) => {
			now += days * 86_400_000;
		},
	};
}

keyringContract('local', newLocalKeyring);
deletionContract('local', newLocalKeyring);
noOwnKeysContract('local', newLocalKeyring);
rightsContract('local', async () => {
	const { open } = await newKeyring();
	return {
		firm: await open('firm'),
		operator: await open('operator'),
		broker: await open('broker'),
		worker: await open('worker'),
		signer: await open('signer'),
	};
});
