import { newKeyring } from '../adapters/keyring-local/new-keyring.ts';
import { deletionContract, keyringContract } from './keyring-contract.ts';

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
