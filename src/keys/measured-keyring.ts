import { type Keyring, KeyUnavailableError, type KeyUnavailableReason } from './keyring.ts';

/** One call of the keyring, for metrics. */
export interface KeyringCall {
	readonly operation: 'generate' | 'unwrap' | 'rewrap' | 'wrap' | 'manage';
	readonly outcome: 'ok' | KeyUnavailableReason;
	readonly seconds: number;
}

const OPERATIONS: Readonly<Record<keyof Keyring, KeyringCall['operation']>> = {
	createKey: 'manage',
	describeKey: 'manage',
	generateDataKey: 'generate',
	unwrap: 'unwrap',
	rewrap: 'rewrap',
	wrap: 'wrap',
	rotateKey: 'manage',
	disableKey: 'manage',
	enableKey: 'manage',
	scheduleDeletion: 'manage',
	cancelDeletion: 'manage',
	inspectOwnKey: 'manage',
	setNextKey: 'manage',
	rewrapToNext: 'rewrap',
	switchKey: 'manage',
	releaseKey: 'manage',
	createGrant: 'manage',
	revokeGrant: 'manage',
	listGrants: 'manage',
	check: 'manage',
};

/** Reports each call to `onCall` when it has ended. */
export function measureKeyring(keyring: Keyring, onCall: (call: KeyringCall) => void): Keyring {
	const measured = (name: keyof Keyring) => {
		const method = keyring[name].bind(keyring) as (...args: unknown[]) => Promise<unknown>;
		return async (...args: unknown[]) => {
			const start = performance.now();
			const report = (outcome: KeyringCall['outcome']) =>
				onCall({ operation: OPERATIONS[name], outcome, seconds: (performance.now() - start) / 1000 });
			try {
				const answer = await method(...args);
				report('ok');
				return answer;
			} catch (error) {
				report(error instanceof KeyUnavailableError ? error.reason : 'AWAY');
				throw error;
			}
		};
	};
	const names = Object.keys(OPERATIONS) as (keyof Keyring)[];
	return Object.fromEntries(names.map((name) => [name, measured(name)])) as unknown as Keyring;
}
