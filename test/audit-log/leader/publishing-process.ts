// Keeps a log up to a given step, and then kills itself with SIGKILL, so that no clean-up runs.
import { openLocalKeyring } from '../../../src/adapters/keyring-local/index.ts';
import { createSignedHeads, runLogLeader } from '../../../src/audit-log/leader/index.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import { LOG_LEADER_LOCK, openLeaderLock } from '../../../src/database/leader-lock.ts';
import { openPlane, type Plane } from '../../../src/database/plane.ts';
import { createDataKeyStore } from '../../../src/database/statements/keys/data-keys.ts';
import { createCheckpointKeys } from '../../../src/keys/checkpoint-keys.ts';
import { readOwnerOnly, replaceOwnerOnly } from '../../../src/local-files/owner-only-file.ts';
import { readOrCreateRootKey } from '../../../src/local-files/root-key-file.ts';

const [url = '', directory = '', at = ''] = process.argv.slice(2);
let left = Number(at);

function step(): void {
	left -= 1;
	if (left === 0) process.kill(process.pid, 'SIGKILL');
}

/** Counts steps before a transaction, at its start, before its commit and after it. */
function stepped(plane: Plane): Plane {
	return {
		...plane,
		async write(firm, work) {
			step();
			const done = await plane.write(firm, async (tx) => {
				step();
				const result = await work(tx);
				step();
				return result;
			});
			step();
			return done;
		},
	};
}

const plane = stepped(openPlane({ url, role: 'firmseal_log', connections: 1 }));
const signerPlane = stepped(openPlane({ url, role: 'firmseal_signer', connections: 1 }));
const rootKey = await readOrCreateRootKey(`${directory}/root.key`, { create: false });
const keyring = await openLocalKeyring({ directory: `${directory}/keyring`, rootKey, principal: 'signer' });
const head = `${directory}/signer/head`;
const heads = createSignedHeads(signerPlane, 'localhost', {
	read: () => readOwnerOnly(head),
	async write(note) {
		step();
		await replaceOwnerOnly(head, note);
		step();
	},
});
runLogLeader(
	{
		plane,
		signerPlane,
		keys: createCheckpointKeys({ keyring, store: createDataKeyStore(signerPlane) }),
		heads,
		installation: 'localhost',
	},
	{
		clock: systemClock,
		openLeaderLock: () => openLeaderLock(url, LOG_LEADER_LOCK),
		period: 1,
		onLeading: () => {},
		onFailure: (error) => {
			process.stderr.write(`${(error as Error).stack}\n`);
			process.exit(1);
		},
		onRecovery: () => {},
		onGaps: () => {},
		onRefusal: () => {},
		onAcceptance: () => {},
	},
);
setTimeout(() => process.exit(2), 30_000);
