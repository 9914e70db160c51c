import { FirmsealError } from '../errors.ts';
import type { AskedValue, LeaseUse } from './lease-use.ts';

interface Waiting extends AskedValue {
	readonly resolve: (value: unknown) => void;
	readonly reject: (error: Error) => void;
}

export interface LeaseWavesOptions<Key> {
	readonly use: LeaseUse<Key>;
	/** Makes the intent of a wave durable. */
	readonly intend: (present: readonly AskedValue[]) => Promise<void>;
	/** What becomes of a stored value: opened, or an error that says why not. */
	readonly open: (asked: AskedValue, sealed: Uint8Array) => unknown;
	/** The lease refused a wave: nothing of the request is answered. */
	readonly onRefused: (error: FirmsealError) => void;
}

/**
 * Gathers what a list level asks for and takes it from the lease at once, so that a page is one wave and not one for each value.
 * Once a wave was refused, nothing more is asked.
 */
export function createLeaseWaves<Key>({ use, intend, open, onRefused }: LeaseWavesOptions<Key>) {
	let waiting: Waiting[] = [];
	let refused: Error | undefined;

	async function take(): Promise<void> {
		const wave = waiting;
		waiting = [];
		try {
			if (refused) throw refused;
			const stored = await use.read(wave, intend);
			use.assertLive();
			for (const [index, { resolve, reject, ...asked }] of wave.entries()) {
				const sealed = stored[index];
				try {
					resolve(sealed ? open(asked, sealed) : null);
				} catch (error) {
					reject(error as Error);
				}
			}
		} catch (error) {
			refused ??= error as Error;
			if (error instanceof FirmsealError && error.code.startsWith('LEASE_')) onRefused(error);
			for (const { reject } of wave) reject(error as Error);
		}
	}

	return {
		/** Resolves with the value; rejects with the error that the caller is to see for it. */
		reveal: (asked: AskedValue): Promise<unknown> =>
			new Promise((resolve, reject) => {
				// After everything that this list level asks for: its wrappers are called in one stretch.
				if (waiting.push({ ...asked, resolve, reject }) === 1) setImmediate(() => void take());
			}),
	};
}
