/**
 * A process that changes a keyring: `writer.ts DIRECTORY ROOT_KEY FIRM NAME COUNT`. Each round makes a grant, and every fifth round also
 * rotates. Prints a line for each change. With COUNT 0 it runs until it is killed.
 */
import { openLocalKeyring } from '../../../src/adapters/keyring-local/index.ts';

const [directory = '', rootKeyHex = '', firm = '', name = '', count = '0'] = process.argv.slice(2);
const rootKey = Buffer.from(rootKeyHex, 'hex');
const broker = await openLocalKeyring({ directory, rootKey, principal: 'broker' });
const worker = await openLocalKeyring({ directory, rootKey, principal: 'worker' });

await worker.createKey(firm);
for (let round = 1; count === '0' || round <= Number(count); round++) {
	const grant = `${name}-${round}`;
	await broker.createGrant({ name: grant, firm, class: 'NOTE' });
	process.stdout.write(`granted ${grant}\n`);
	if (round % 5 === 0) process.stdout.write(`rotated ${(await worker.rotateKey(firm)).version}\n`);
}
