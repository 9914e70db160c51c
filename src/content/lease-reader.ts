import type { DataKeys } from '../keys/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';

/** A value that a request reads under a lease. */
export interface RequestedValue {
	readonly field: ContentField;
	readonly row: ContentRow;
}

/** A value that waits for the next batch. */
export interface WaitingValue extends RequestedValue {
	readonly resolve: (value: unknown) => void;
	readonly reject: (error: Error) => void;
}

/**
 * Reads content for a request under a lease, by two transactions of the database and with keys of this request only.
 */
export interface LeaseReader<Key = unknown> {
	/**
	 * Takes one batch from the budget of the lease and reads the stored values, in order; null for a value that is not stored. Before the
	 * read, `intend` must make the intent to read the existing values durable.
	 * @throws FirmsealError LEASE_NOT_ACTIVE, LEASE_SCOPE, AUDIT_UNAVAILABLE. What was taken from the budget before stays taken.
	 */
	read(
		batch: readonly RequestedValue[],
		intend: (present: readonly RequestedValue[]) => Promise<void>,
	): Promise<readonly (Uint8Array | null)[]>;
	/** Never the keys of the plane: these keys come with the lease's grant and end with the request. */
	readonly dataKeys: Pick<DataKeys<Key>, 'openingKey' | 'loadOpeningKey'>;
	/** Called before each value is opened. @throws FirmsealError LEASE_NOT_ACTIVE if the lease has expired by this process's clock. */
	assertNotExpired(): void;
	/**
	 * Called before the answer is sent. Resolves when no one can remove the entries of the request's intents any more.
	 * @throws FirmsealError AUDIT_UNAVAILABLE
	 */
	confirmRecorded(entries: readonly string[]): Promise<void>;
	/** Asks the database again, before the answer is sent and if a key cannot be loaded. @throws FirmsealError LEASE_NOT_ACTIVE */
	confirmActive(): Promise<void>;
}
