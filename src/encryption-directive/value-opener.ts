import type { EncryptedField } from './encrypted-field.ts';

/** The row that a value is sealed to. */
export interface RowIdentity {
	/** Firm id, lower-case UUID. */
	readonly firm: string;
	/** Row id, lower-case UUID. */
	readonly id: string;
	/** The client that the row is shared with, when a portal's request read it. */
	readonly sharedWith?: string | null | undefined;
}

/** What the wrapper needs of content/. `Access` is what the request may do: a capability, or a denial. */
export interface ValueOpener<Access> {
	/**
	 * Opens one value; synchronous when the key is at hand.
	 * Answers the decoded value; null for a value that is null, or when `access` doesn't cover the field (it then records the
	 * denial, also for an undefined value: the column wasn't even selected).
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE or another code; never with a part of the value.
	 */
	openValue(
		access: Access,
		field: EncryptedField,
		row: RowIdentity,
		sealed: Uint8Array | null | undefined,
	): unknown | Promise<unknown>;
}
