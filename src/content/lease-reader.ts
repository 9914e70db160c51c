import type { DataKeys } from '../keys/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';

/** One value that is asked for under a lease. */
export interface RequestedValue {
	readonly field: ContentField;
	readonly row: ContentRow;
}

/** One that waits for the next batch. */
export interface WaitingValue extends RequestedValue {
	readonly resolve: (value: unknown) => void;
	readonly reject: (error: Error) => void;
}

/**
 * What stands between a request and content that it asks for under a lease: the database's two transactions, and keys that are this
 * request's alone.
 */
export interface LeaseReader<Key = unknown> {
	/**
	 * Takes one batch from the lease and reads what is stored, in the order asked; null: nothing. `intend` makes the intent durable
	 * before anything is read; it is given the values that there are.
	 * @throws FirmsealError LEASE_NOT_ACTIVE, LEASE_SCOPE, AUDIT_UNAVAILABLE: nothing is answered; what was taken from the budget by then stays taken.
	 */
	read(
		batch: readonly RequestedValue[],
		intend: (present: readonly RequestedValue[]) => Promise<void>,
	): Promise<readonly (Uint8Array | null)[]>;
	/** Never those of the plane: they come with the lease's grant and go with the request. */
	readonly dataKeys: Pick<DataKeys<Key>, 'openingKey' | 'loadOpeningKey'>;
	/** @throws FirmsealError LEASE_NOT_ACTIVE by this process's own clock; asked before every value that is opened. */
	assertNotExpired(): void;
	/**
	 * Resolves when the entries of the request's intents are where no one can take them back, before the answer leaves.
	 * @throws FirmsealError AUDIT_UNAVAILABLE
	 */
	confirmRecorded(entries: readonly string[]): Promise<void>;
	/** Asks the database once more: before the answer leaves, and when a key can't be had. @throws FirmsealError LEASE_NOT_ACTIVE */
	confirmActive(): Promise<void>;
}
