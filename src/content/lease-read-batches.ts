import { FirmsealError } from '../errors.ts';
import type { LeaseReader, RequestedValue } from './lease-reader.ts';

interface Waiting extends RequestedValue {
	readonly resolve: (value: unknown) => void;
	readonly reject: (error: Error) => void;
}

export interface LeaseReadBatchesOptions<Key> {
	readonly use: LeaseReader<Key>;
	/** Makes the intent of a wave durable. */
	readonly intend: (present: readonly RequestedValue[]) => Promise<void>;
	/** What becomes of a stored value: opened, or an error that says why not. */
	readonly open: (asked: RequestedValue, sealed: Uint8Array) => unknown;
	/** The lease refused a wave: nothing of the request is answered. */
	readonly onRefused: (error: FirmsealError) => void;
}

/**
 * Gathers what a list level asks for and takes it from the lease at once, so that a page is one wave and not one for each value.
 * Once a wave was refused, nothing more is asked.
 */
export function createLeaseReadBatches<Key>({ use, intend, open, onRefused }: LeaseReadBatchesOptions<Key>) {
	let waiting: Waiting[] = [];
	let refused: Error | undefined;

	async function take(): Promise<void> {
		const batch = waiting;
		waiting = [];
		try {
			if (refused) throw refused;
			const stored = await use.read(batch, intend);
			use.assertNotExpired();
			for (const [index, { resolve, reject, ...asked }] of batch.entries()) {
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
			for (const { reject } of batch) reject(error as Error);
		}
	}

	return {
		/** Resolves with the value; rejects with the error that the caller is to see for it. */
		reveal: (asked: RequestedValue): Promise<unknown> =>
			new Promise((resolve, reject) => {
				// After everything that this list level asks for: its wrappers are called in one stretch.
				if (waiting.push({ ...asked, resolve, reject }) === 1) setImmediate(() => void take());
			}),
	};
}
